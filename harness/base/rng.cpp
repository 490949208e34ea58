#include "harness/base/rng.hpp"

namespace rehearse {

std::uint64_t DrawKey::bits(Dimension dimension, std::uint32_t index) const {
  const std::uint64_t place = (static_cast<std::uint64_t>(item) << 40) |
                              (static_cast<std::uint64_t>(attempt & 0xFFu) << 32) |
                              (static_cast<std::uint64_t>(dimension) << 24) | (index & 0xFF'FFFFu);
  return philox2x64({job, place}, mix64(seed ^ mix64(stage)))[0];
}

double DrawKey::uniform(Dimension dimension, std::uint32_t index) const {
  return unit_interval(bits(dimension, index));
}

}  // namespace rehearse
