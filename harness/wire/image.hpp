#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/wire/http_message.hpp"

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

// An encoded picture that is about to be written. Many share all but a head of their own; then the
// head's length is a multiple of three, so that the base64 forms of both join.
struct Picture {
  std::string head;                     // or the whole, where nothing is shared
  SharedBytes shared = nullptr;         // what follows the head
  SharedBytes shared_base64 = nullptr;  // the same, encoded

  bool empty() const { return head.empty() && shared == nullptr; }
  std::size_t size() const { return head.size() + (shared ? shared->size() : 0); }
  std::string bytes() const { return shared ? head + *shared : head; }
  void add_base64(MessageBody& out) const;
  bool operator==(const Picture&) const = default;
};

struct Image {
  std::string url;
  std::string bytes;  // the encoded image, where it came inline
  std::string revised_prompt;
  Picture picture = {};  // in place of `bytes`, where many share it
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
