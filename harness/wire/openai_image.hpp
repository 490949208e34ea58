#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/image.hpp"

// OpenAI images: POST {base}/images/generations (JSON), …/edits and …/variations (multipart).
namespace rehearse::wire::openai {

inline constexpr std::string_view kImagePath = "/images/generations";
inline constexpr std::string_view kImageEditPath = "/images/edits";
inline constexpr std::string_view kImageVariationPath = "/images/variations";

// response_format is for dall-e models only; gpt-image models always answer base64.
std::string encode_image_request(const ImageRequest& request);
Result<ImageRequest> decode_image_request(std::string_view body);

// The whole request, since its content type holds the boundary; `target` is its path.
Request encode_image_edit_request(const ImageRequest& request, std::string target);
// Edits must have a prompt; variations (`variation`) have none.
Result<ImageRequest> decode_image_edit_request(const Request& request, bool variation);

// Images that have bytes or a picture go as b64_json, the others as url.
MessageBody encode_image_reply(const ImageReply& reply);
Result<ImageReply> decode_image_reply(std::string_view body);

// One event of a streamed answer, a whole SSE frame: image_generation.* or image_edit.*. The reply
// has one image and what was made; `partial` is its index, nothing for the last one.
struct ImageEvent {
  ImageReply reply;
  std::optional<std::int64_t> partial;
  bool edit = false;
};
std::string encode_image_event(const ImageEvent& event);
// From the data of one event.
Result<ImageEvent> decode_image_event(std::string_view data);

}  // namespace rehearse::wire::openai
