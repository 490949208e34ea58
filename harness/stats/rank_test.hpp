#pragma once

#include <span>

#include "harness/stats/effect.hpp"

namespace rehearse::stats {

// The Hodges-Lehmann shift of paired differences (median of the Walsh averages (d_i + d_j) / 2,
// i <= j; Hodges and Lehmann 1963) with the interval and the p-value of Wilcoxon's signed rank test
// (Hollander, Wolfe and Chicken 2014, §3.1-3.3). Exact up to 25 pairs: the p-value by enumeration
// of the sign flips of the ranks that there are (Streitberg and Röhmel 1986; zeros by Pratt 1959:
// ranked, then left out), the interval by the distribution without ties; normal with continuity and
// tie corrections above. Finite differences, at least one. With under 6 no 95% interval exists: it
// is unbounded. O(n log n): 100,000 pairs in tens of milliseconds.
Effect signed_rank_shift(std::span<const double> differences, double alpha = 0.05);

// The Hodges-Lehmann shift of two samples (median of all after_j - before_i) with the interval and
// the p-value of the Mann-Whitney test (1947; Hollander et al. §4.1-4.3). Exact where both have up
// to 25 values, by enumeration over the midranks; normal with continuity and tie corrections above.
// Finite values, at least one a side. O(n log n).
Effect rank_sum_shift(std::span<const double> before, std::span<const double> after,
                      double alpha = 0.05);

// Cliff's delta (1993): P(after > before) - P(after < before), in [-1, 1]; 2U/(nm) - 1. O(n log n).
double cliffs_delta(std::span<const double> before, std::span<const double> after);

}  // namespace rehearse::stats
