#pragma once

#include <limits>

namespace rehearse::stats {

// Both ends belong to it; an end may be infinite where the sample sets no bound.
struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();

  constexpr bool contains(double x) const { return low <= x && x <= high; }
  constexpr double half_width() const { return (high - low) / 2; }
  constexpr bool bounded() const {
    return low > -std::numeric_limits<double>::infinity() &&
           high < std::numeric_limits<double>::infinity();
  }
  bool operator==(const Interval&) const = default;
};

// An estimated difference with its uncertainty; of positive quantities: of their logarithms, so
// that exp(estimate) - 1 is the relative change.
struct Effect {
  double estimate = 0;
  Interval confidence;   // 1 - alpha, two-sided: does it exclude 0?
  Interval equivalence;  // 1 - 2 alpha: does it lie inside the tolerance? (Schuirmann 1987)
  double p_value = 1;    // two-sided, of no difference; in (0, 1]
};

}  // namespace rehearse::stats
