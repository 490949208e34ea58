#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/wire/image.hpp"

namespace rehearse::script {

// A picture in two parts, like wire::Picture: only the head holds what tells two answers apart.
struct PictureParts {
  std::string lead;  // before the text of an answer
  std::string body;  // after it
};

// Noise of that size, as heavy as `weight` bytes where the pixels need no more (a segment that
// decoders skip makes up the rest); tens of milliseconds. JPEG: the text is a comment, WebP: an XMP
// chunk.
PictureParts encode_noise_jpeg(wire::ImageSize size, std::size_t weight);
PictureParts encode_noise_webp(wire::ImageSize size, std::size_t weight);

// The text of one answer, in a form that stands between lead and body; always of the same length.
std::string jpeg_text(std::uint64_t content);
std::string webp_text(std::uint64_t content);

}  // namespace rehearse::script
