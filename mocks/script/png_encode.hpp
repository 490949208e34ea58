#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/wire/image.hpp"

namespace rehearse::script {

// The bytes of one PNG of that size, as near to `weight` bytes as noise in its pixels gets it from
// below; about 30 ms a million pixels.
std::string encode_noise_png(wire::ImageSize size, std::size_t weight);

// A PNG chunk: length, type of four letters, data, CRC-32.
std::string png_chunk(std::string_view type, std::string_view data);

}  // namespace rehearse::script
