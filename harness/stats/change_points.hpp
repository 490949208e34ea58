#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rehearse::stats {

// Where a series of runs changed its level.
struct ChangePoint {
  std::size_t at = 0;  // the first value after the change
  double before = 0;   // mean of the values since the change point before
  double after = 0;    // mean of the values until the next one
  double p_value = 1;  // of no difference between both, Student's t
  double change() const { return before == 0 ? 0 : after / before - 1; }
};

struct ChangePointOptions {
  double p = 0.001;         // what a change point must reach; the search begins with ten times it
  double magnitude = 0;     // least |change| that counts
  std::size_t window = 50;  // values that are searched at once
  std::size_t least = 3;    // values on either side of a change
};

// The change points of a series in the order of time: E-divisive (Matteson and James, JASA 2014:
// the split with the largest energy distance, then both halves again), with Student's t in place of
// permutations, and weak splits that are merged back from the weakest (Fleming et al., "Hunter",
// ICPE 2023, and Apache Otava, whose defaults these are). Values are finite. O(n window^2).
std::vector<ChangePoint> change_points(std::span<const double> values,
                                       const ChangePointOptions& options = {});

}  // namespace rehearse::stats
