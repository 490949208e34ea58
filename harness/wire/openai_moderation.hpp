#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

// OpenAI moderations, POST {base}/moderations.
namespace rehearse::wire::openai {

inline constexpr std::string_view kModerationPath = "/moderations";

struct ModerationRequest {
  std::string model = "omni-moderation-latest";
  std::vector<std::string> inputs;  // the text of each; of pictures nothing
};
std::string encode_moderation_request(const ModerationRequest& request);
// input: a text, texts, or parts of one message.
Result<ModerationRequest> decode_moderation_request(std::string_view body);

struct ModerationReply {
  std::string id;
  std::string model;
  std::vector<bool> flagged;  // one for each input; for violence where it is
};
std::string encode_moderation_reply(const ModerationReply& reply);
Result<ModerationReply> decode_moderation_reply(std::string_view body);

}  // namespace rehearse::wire::openai
