#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/image.hpp"

// OpenAI images, POST {base}/images/generations.
namespace rehearse::wire::openai {

inline constexpr std::string_view kImagePath = "/images/generations";

// response_format is for dall-e models only; gpt-image models always answer base64.
std::string encode_image_request(const ImageRequest& request);
Result<ImageRequest> decode_image_request(std::string_view body);

// Images that have bytes go as b64_json, the others as url.
std::string encode_image_reply(const ImageReply& reply);
Result<ImageReply> decode_image_reply(std::string_view body);

}  // namespace rehearse::wire::openai
