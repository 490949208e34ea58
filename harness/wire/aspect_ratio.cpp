#include "harness/wire/aspect_ratio.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/check.hpp"

namespace rehearse::wire {

const Shape* find_shape(std::span<const Shape> shapes, std::string_view ratio) {
  const auto it = std::find_if(shapes.begin(), shapes.end(),
                               [ratio](const Shape& shape) { return shape.ratio == ratio; });
  return it == shapes.end() ? nullptr : &*it;
}

const Shape& nearest_shape(std::span<const Shape> shapes, ImageSize size) {
  REHEARSE_CHECK(!shapes.empty());
  const auto ratio = [](ImageSize s) {
    return static_cast<double>(s.width) / static_cast<double>(s.height);
  };
  // How much wider the wider of the two is.
  const auto distance = [&](const Shape& shape) {
    const double q = ratio(shape.size) / ratio(size);
    return std::max(q, 1 / q);
  };
  return *std::min_element(shapes.begin(), shapes.end(), [&](const Shape& a, const Shape& b) {
    return distance(a) < distance(b);
  });
}

}  // namespace rehearse::wire
