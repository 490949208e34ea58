#include "mocks/latency/weather.hpp"

#include <algorithm>

#include "harness/base/rng.hpp"

namespace rehearse::latency {
namespace {

constexpr std::uint32_t kFactor = 1;  // indexes of Dimension::SlowRegime
constexpr std::uint32_t kSpell = 2;

}  // namespace

double Weather::drawn(std::uint64_t seed, std::uint64_t slot) const {
  if (slow_.persistence > 0) {
    while (slot > 0 && DrawKey{seed, slot, provider_, 0, 0}.uniform(Dimension::SlowRegime, kSpell) <
                           slow_.persistence) {
      --slot;
    }
  }
  const DrawKey key{seed, slot, provider_, 0, 0};
  if (key.uniform(Dimension::SlowRegime) >= slow_.share) {
    return 1;
  }
  return slow_.factor.is_constant()
             ? slow_.factor.quantile(0.5)
             : slow_.factor.quantile(key.uniform(Dimension::SlowRegime, kFactor));
}

double Weather::factor(std::uint64_t seed, Instant now) {
  if (slow_.share <= 0) {
    return 1;
  }
  const auto slot =
      static_cast<std::uint64_t>(std::max<std::int64_t>(now.count_ns(), 0) / slow_.slot.count_ns());
  if (!known_ || seed != seed_ || slot != slot_) {
    last_ = drawn(seed, slot);
    known_ = true;
    seed_ = seed;
    slot_ = slot;
  }
  return last_;
}

}  // namespace rehearse::latency
