#include "harness/wire/image.hpp"

#include <charconv>

#include "harness/base/text.hpp"
#include "harness/wire/base64.hpp"

namespace rehearse::wire {

Result<ImageSize> parse_image_size(std::string_view text) {
  if (text.empty() || text == "auto") {
    return ImageSize{};
  }
  ImageSize size{0, 0};
  const char* end = text.data() + text.size();
  const auto width = std::from_chars(text.data(), end, size.width);
  bool good = width.ec == std::errc() && width.ptr != end && *width.ptr == 'x';
  if (good) {
    const auto height = std::from_chars(width.ptr + 1, end, size.height);
    good = height.ec == std::errc() && height.ptr == end;
  }
  const auto side = [](std::int64_t n) { return n >= 1 && n <= 8192; };
  if (!good || !side(size.width) || !side(size.height) || size.width * size.height > (1 << 24)) {
    return Error{"size",
                 "expected WIDTHxHEIGHT such as 1024x1024, at most 8192 a side and 16 "
                 "million pixels, found " +
                     quoted_excerpt(text)};
  }
  return size;
}

std::string_view image_format_name(ImageFormat format) {
  return format == ImageFormat::Png ? "png" : format == ImageFormat::Jpeg ? "jpeg" : "webp";
}

std::string_view image_content_type(ImageFormat format) {
  return format == ImageFormat::Png    ? "image/png"
         : format == ImageFormat::Jpeg ? "image/jpeg"
                                       : "image/webp";
}

std::optional<ImageFormat> parse_image_format(std::string_view name) {
  for (const ImageFormat format : {ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Webp}) {
    if (name == image_format_name(format)) {
      return format;
    }
  }
  return std::nullopt;
}

std::string image_size_text(ImageSize size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

void Picture::add_base64(MessageBody& out) const {
  out += encode_base64(head);
  if (shared != nullptr) {
    out += shared_base64;
  }
}

}  // namespace rehearse::wire
