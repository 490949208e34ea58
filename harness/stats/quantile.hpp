#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/stats/effect.hpp"

namespace rehearse::stats {

// A copy in ascending order. Values are finite. Linear from a few thousand values up.
std::vector<double> sorted(std::span<const double> values);

// The sample quantile of ascending values, q in [0, 1]: type 7 of Hyndman and Fan (American
// Statistician, 1996), linear between the order statistics around (n - 1) q. Empty: nullopt.
std::optional<double> sorted_quantile(std::span<const double> ascending, double q);

// The same of values in any order, of which `values` is a copy to be reordered. Linear.
std::optional<double> unsorted_quantile(std::vector<double> values, double q);

// The fewest samples whose extremes bound the q-quantile on both sides at this confidence, whatever
// the distribution: the smallest n with max(q, 1-q)^n <= (1 - confidence) / 2, since all n values
// lie on one side of the quantile with that probability (David and Nagaraja, Order Statistics,
// §7.1). At 95%: p50 6, p90 36, p95 72, p99 368. q in (0, 1).
std::uint64_t min_samples(double q, double confidence = 0.95);

// Two places in an ascending sample, from 0.
struct RankInterval {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};
// The order statistics that enclose the q-quantile with at least this confidence, each side missing
// it with at most half the rest: binomial tails (David and Nagaraja §7.1). nullopt below
// min_samples(). O(log n).
std::optional<RankInterval> quantile_ranks(std::uint64_t n, double q, double confidence = 0.95);

// The values at quantile_ranks().
std::optional<Interval> quantile_interval(std::span<const double> ascending, double q,
                                          double confidence = 0.95);

}  // namespace rehearse::stats
