#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "harness/base/math.hpp"
#include "harness/base/rng.hpp"

// Samples for the tests of statistics; everything comes from a seed.
namespace rehearse::stats::test {

inline double uniform(std::uint64_t seed, std::uint64_t i, std::uint32_t index = 0) {
  return DrawKey{.seed = seed, .job = i}.uniform(Dimension::Content, index);
}
inline double normal(std::uint64_t seed, std::uint64_t i, std::uint32_t index = 0) {
  return normal_quantile(uniform(seed, i, index));
}

struct Pair {
  std::vector<double> before;
  std::vector<double> after;
};
// Lognormal values of deviation sigma whose logarithms correlate by `shared`; after is `factor`
// times what it would be. A share `slow` of the values of each side is three times as large.
struct PairOptions {
  double sigma = 0.5;
  double shared = 0;
  double factor = 1;
  double slow = 0;
};
inline Pair lognormal_pair(std::uint64_t seed, std::size_t n, PairOptions options = {}) {
  Pair out;
  for (std::size_t i = 0; i < n; ++i) {
    const double common = std::sqrt(options.shared) * normal(seed, i, 0);
    const double own = std::sqrt(1 - options.shared);
    const auto draw = [&](std::uint32_t side) {
      return exp(options.sigma * (common + own * normal(seed, i, 1 + side))) *
             (uniform(seed, i, 3 + side) < options.slow ? 3 : 1);
    };
    out.before.push_back(draw(0));
    out.after.push_back(options.factor * draw(1));
  }
  return out;
}

}  // namespace rehearse::stats::test
