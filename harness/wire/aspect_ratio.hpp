#pragma once

#include <span>
#include <string_view>

#include "harness/wire/image.hpp"

namespace rehearse::wire {

// A shape that a provider draws, and the pixels that it makes of it.
struct Shape {
  std::string_view ratio;  // "16:9"
  ImageSize size;
};

// The shape of that name, or nullptr.
const Shape* find_shape(std::span<const Shape> shapes, std::string_view ratio);
// The shape whose ratio of sides is nearest to that of the size; `shapes` is not empty.
const Shape& nearest_shape(std::span<const Shape> shapes, ImageSize size);

}  // namespace rehearse::wire
