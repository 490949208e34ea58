#include "harness/wire/openai_video.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

// The job alone: what it made is fetched elsewhere.
class VideoScript final : public Script {
 public:
  wire::Response whole(const latency::Plan&) override { return wire::json_response(200, "{}"); }
};

}  // namespace

Result<Ask> ask_openai_video(const wire::Request& request, const Stagehand&) {
  const auto decoded = wire::openai::decode_video_request(request);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "video";
  ask.model = decoded->model;
  ask.size = decoded->size;
  ask.amounts.audio_ms = decoded->seconds * 1'000;
  ask.deferred = true;
  ask.script = std::make_unique<VideoScript>();
  return ask;
}

}  // namespace rehearse::server
