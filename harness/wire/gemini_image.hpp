#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/aspect_ratio.hpp"
#include "harness/wire/chat.hpp"
#include "harness/wire/image.hpp"

// Gemini pictures: its image models answer :generateContent with inline data, Imagen has :predict.
namespace rehearse::wire::gemini {

inline constexpr std::string_view kPredict = "predict";

// "gemini-2.5-flash-image", …
bool draws_inline(std::string_view model);
// "imagen-4.0-generate-001", …
bool is_imagen(std::string_view model);

// What a model makes of an aspect ratio, at its 1K resolution.
std::span<const Shape> shapes(std::string_view model);

// The shape nearest to the size goes; a quality names the resolution ("1K", "2K", "4K"). The body
// fits the action that the model has.
std::string encode_image_request(const ImageRequest& request);
// Errors: an aspect ratio that the model does not draw. `model` is that of the path.
Result<ImageRequest> decode_generate_image(std::string_view body, std::string_view model);
Result<ImageRequest> decode_predict(std::string_view body, std::string_view model);

// Pictures as inlineData parts after a short text, if any; usage as of a chat.
struct InlineReply {
  std::string id;
  std::string model;
  std::string text;
  std::vector<Picture> images;  // PNG
  Usage usage;
};
MessageBody encode_inline_images(const InlineReply& reply);
// {"predictions": [{mimeType, bytesBase64Encoded}]}
MessageBody encode_predictions(const std::vector<Picture>& images);
// Reads either.
Result<ImageReply> decode_image_reply(std::string_view body);

}  // namespace rehearse::wire::gemini
