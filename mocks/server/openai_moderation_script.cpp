#include <algorithm>

#include "harness/wire/openai_moderation.hpp"
#include "harness/wire/tokens.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

// Flags what speaks of killing, so that a caller's other branch can be reached.
class ModerationScript final : public Script {
 public:
  explicit ModerationScript(wire::openai::ModerationRequest request)
      : request_(std::move(request)) {}

  wire::Response whole(const latency::Plan&) override {
    wire::openai::ModerationReply reply{script::make_id("modr-", content, 24), request_.model, {}};
    for (const std::string& input : request_.inputs) {
      reply.flagged.push_back(input.find("kill") != std::string::npos);
    }
    return wire::json_response(200, wire::openai::encode_moderation_reply(reply));
  }

 private:
  wire::openai::ModerationRequest request_;
};

}  // namespace

Result<Ask> ask_openai_moderation(const wire::Request& request, const Stagehand&) {
  auto decoded = wire::openai::decode_moderation_request(request.body);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "moderation";
  ask.model = decoded->model;
  for (const std::string& input : decoded->inputs) {
    ask.amounts.input_tokens += wire::token_count(input.size());
  }
  ask.script = std::make_unique<ModerationScript>(std::move(*decoded));
  return ask;
}

}  // namespace rehearse::server
