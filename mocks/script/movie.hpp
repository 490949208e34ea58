#pragma once

#include <cstddef>
#include <string>

#include "harness/wire/image.hpp"

namespace rehearse::script {

// A video of one still picture.
struct MovieSpec {
  std::string png;  // of that size
  wire::ImageSize size;
  double seconds = 1;      // up to 3600
  std::size_t weight = 0;  // bytes of the file, at least; 0: no padding
};

// An MP4 (ISO 14496-12) that plays so long: one track of PNG frames, one a second, all the same
// bytes, and a `free` box that brings it to its weight. Linear in its size.
std::string make_movie(const MovieSpec& spec);

}  // namespace rehearse::script
