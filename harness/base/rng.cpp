#include "harness/base/rng.hpp"

#include <cmath>

#include "harness/base/math.hpp"

namespace rehearse {
namespace {

constexpr std::uint32_t kCommonItem = 0xFF'FFFF;  // no item of a fan-out has this number

// The second half of a draw's counter; the job is the first.
std::uint64_t place_of(const DrawKey& key, Dimension dimension, std::uint32_t index) {
  return (static_cast<std::uint64_t>(key.item) << 40) |
         (static_cast<std::uint64_t>(key.attempt & 0xFFu) << 32) |
         (static_cast<std::uint64_t>(dimension) << 24) | (index & 0xFF'FFFFu);
}

std::uint64_t stream_of(const DrawKey& key) { return mix64(key.seed ^ mix64(key.stage)); }

}  // namespace

std::uint64_t DrawKey::bits(Dimension dimension, std::uint32_t index) const {
  return philox2x64({job, place_of(*this, dimension, index)}, stream_of(*this))[0];
}

void DrawKey::uniforms(Dimension dimension, std::span<double> out) const {
  if (share > 0) {
    DrawKey each = *this;
    for (double& value : out) {
      value = each.uniform(dimension);
      ++each.job;
    }
    return;
  }
  const std::uint64_t place = place_of(*this, dimension, 0);
  const std::uint64_t stream = stream_of(*this);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = unit_interval(philox2x64({job + i, place}, stream)[0]);
  }
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
