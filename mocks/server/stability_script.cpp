#include "harness/wire/stability.hpp"

#include <algorithm>

#include "harness/base/rng.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

class StabilityScript final : public Script {
 public:
  StabilityScript(wire::stability::PictureRequest request, const Stagehand& hand)
      : request_(std::move(request)), pictures_(hand.pictures) {}

  wire::Response whole(const latency::Plan& plan) override {
    std::vector<wire::stability::Drawn> all;
    const std::int64_t count = std::max<std::int64_t>(plan.usage.images, 1);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::uint64_t own = mix64(content + static_cast<std::uint64_t>(i));
      wire::stability::Drawn drawn;
      drawn.picture = pictures_->make({request_.image.size, 0, own});
      drawn.seed = request_.seed > 0 ? request_.seed : own % 4'294'967'294 + 1;
      all.push_back(std::move(drawn));
    }
    return wire::stability::encode_pictures(all, request_);
  }
  bool heavy(const latency::Plan&) const override {
    return !pictures_->has({request_.image.size, 0, 0});
  }

 private:
  wire::stability::PictureRequest request_;
  std::shared_ptr<script::PngMaker> pictures_;
};

}  // namespace

std::optional<Result<Ask>> ask_stability(const wire::Request& request, std::string_view path,
                                         const Stagehand& hand) {
  auto found = wire::stability::decode_picture_request(request, path);
  if (!found) {
    return std::nullopt;
  }
  if (!*found) {
    return found->errors();
  }
  wire::stability::PictureRequest& decoded = found->value();
  Ask ask;
  ask.operation = "image";
  ask.model = decoded.image.model;
  if (!hand.scripted) {  // else the call says which of these its stage gave
    ask.size = wire::image_size_text(decoded.image.size);
    ask.amounts.n = decoded.image.count;
    ask.amounts.steps = decoded.steps;
  }
  ask.script = std::make_unique<StabilityScript>(std::move(decoded), hand);
  return ask;
}

}  // namespace rehearse::server
