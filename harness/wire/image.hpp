#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace rehearse::wire {

struct ImageSize {
  std::int64_t width = 1024;
  std::int64_t height = 1024;
  auto operator<=>(const ImageSize&) const = default;
};

// "1792x1024"; each side from 1 to 8,192, at most 2^24 pixels. "auto" and "" are 1024x1024.
Result<ImageSize> parse_image_size(std::string_view text);
std::string image_size_text(ImageSize size);

enum class ImageFormat { Png, Jpeg, Webp };
std::string_view image_format_name(ImageFormat format);   // "png"
std::string_view image_content_type(ImageFormat format);  // "image/png"
std::optional<ImageFormat> parse_image_format(std::string_view name);

struct ImageRequest {
  std::string model;
  std::string prompt;
  std::int64_t count = 1;  // n
  ImageSize size;
  std::string quality;  // as the provider names it; empty: the default
  bool base64 = false;  // else a URL
  ImageFormat format = ImageFormat::Png;
  std::string background = {};  // "transparent", "opaque", "auto"; empty: the default
  bool stream = false;
  std::int64_t partial_images = 0;       // of a stream, before the last
  std::vector<std::string> inputs = {};  // the pictures to edit, as uploaded
  bool operator==(const ImageRequest&) const = default;
};

struct Image {
  std::string url;
  std::string bytes;  // the encoded image, where it came inline
  std::string revised_prompt;
  std::string base64 = {};  // in place of `bytes`, where who writes it has it already
  bool operator==(const Image&) const = default;
};

struct ImageUsage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t input_image_tokens = 0;  // of the input
  bool operator==(const ImageUsage&) const = default;
};

struct ImageReply {
  std::int64_t created_s = 0;
  std::vector<Image> images;
  std::optional<ImageUsage> usage;  // gpt-image models only
  // As they were made; gpt-image models only, else empty.
  std::string background = {};
  std::string output_format = {};
  std::string quality = {};
  std::string size = {};
  bool operator==(const ImageReply&) const = default;
};

}  // namespace rehearse::wire
