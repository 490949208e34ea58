#include "harness/base/rng.hpp"

#include <cmath>

#include "harness/base/math.hpp"

namespace rehearse {
namespace {
constexpr std::uint32_t kCommonItem = 0xFF'FFFF;  // no item of a fan-out has this number
}

std::uint64_t DrawKey::bits(Dimension dimension, std::uint32_t index) const {
  const std::uint64_t place = (static_cast<std::uint64_t>(item) << 40) |
                              (static_cast<std::uint64_t>(attempt & 0xFFu) << 32) |
                              (static_cast<std::uint64_t>(dimension) << 24) | (index & 0xFF'FFFFu);
  return philox2x64({job, place}, mix64(seed ^ mix64(stage)))[0];
}

double DrawKey::uniform(Dimension dimension, std::uint32_t index) const {
  const double own = unit_interval(bits(dimension, index));
  if (share <= 0) {
    return own;
  }
  DrawKey common = *this;
  common.item = kCommonItem;
  common.share = 0;
  const double together = common.uniform(dimension, index);
  if (share >= 1) {
    return together;
  }
  return normal_cdf(std::sqrt(share) * normal_quantile(together) +
                    std::sqrt(1 - share) * normal_quantile(own));
}

}  // namespace rehearse
