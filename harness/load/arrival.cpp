#include "harness/load/arrival.hpp"

#include <cmath>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace rehearse::load {

ArrivalSchedule::ArrivalSchedule(Options options) : options_(std::move(options)) {
  switch (options_.kind) {
    case ArrivalKind::Constant:
      gap_ = Distribution::constant(1);
      break;
    case ArrivalKind::Poisson:
      gap_ = Distribution::exponential(1);
      break;
    case ArrivalKind::Gamma:
      gap_ = options_.cv > 0 ? Distribution::gamma(1, options_.cv) : Distribution::constant(1);
      break;
  }
}

Instant ArrivalSchedule::next() {
  // A constant rate starts at once; a random one after its first gap.
  if (gap_.is_constant()) {
    expected_ = static_cast<double>(index_);
  } else {
    if (index_ % kBlockDraws == 0) {
      const DrawKey key{.seed = options_.seed, .job = index_, .stage = hash_name("arrivals")};
      key.uniforms(Dimension::Arrival, gaps_);
      gap_.quantiles(gaps_);
    }
    expected_ += gaps_[index_ % kBlockDraws];
  }
  ++index_;
  const Instant due = at(expected_);
  return due - Instant() >= options_.length ? Instant::never() : due;
}

// Inverts the integral of the rate: where `expected` arrivals have happened.
Instant ArrivalSchedule::at(double expected) const {
  double start = 0;
  double left = expected;
  for (std::size_t i = 0; i < options_.phases.size(); ++i) {
    const RatePhase& phase = options_.phases[i];
    const bool last = i + 1 == options_.phases.size();
    const double length = phase.length.count_s();
    const double inside = (phase.rate_from + phase.rate_to) / 2 * length;
    if (left <= inside && inside > 0) {
      if (phase.rate_from == phase.rate_to) {
        return Instant::from_seconds(start + left / phase.rate_from);
      }
      // Solve rate_from t + slope t² / 2 = left in the form that is stable for a small slope.
      const double slope = (phase.rate_to - phase.rate_from) / length;
      const double root =
          std::sqrt(std::fmax(0, phase.rate_from * phase.rate_from + 2 * slope * left));
      const double t = left == 0 ? 0 : 2 * left / (phase.rate_from + root);
      return Instant::from_seconds(start + t);
    }
    left -= inside;
    start += length;
    if (last && phase.rate_to > 0) {
      return Instant::from_seconds(start + left / phase.rate_to);
    }
  }
  return Instant::never();
}

}  // namespace rehearse::load
