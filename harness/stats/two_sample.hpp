#pragma once

#include <span>
#include <vector>

namespace rehearse::stats {

// The largest distance between two empirical distribution functions (Kolmogorov and Smirnov), in
// [0, 1]; of ascending samples, neither empty. Linear.
double two_sample_distance(std::span<const double> a, std::span<const double> b);

// The distance that equal distributions exceed with probability `alpha` when `n` and `m` values are
// drawn from them: sqrt(-ln(alpha / 2) / 2) sqrt(1/n + 1/m) (Smirnov 1948; Hollander and Wolfe,
// §5.4), 1.358 … at 5%. n and m may be effective sizes.
double critical_distance(double n, double m, double alpha = 0.05);

// How many independent values tell as much about the median as these, which came in this order: n
// over the inflation of the variance of "below the median", by means of about sqrt(n) neighbours
// (Law and Kelton, batch means). n itself below 200 values, where it could not be told from noise.
double effective_size(std::span<const double> in_order);

// The correlation of the ranks of neighbours (Wald and Wolfowitz 1943), in [-1, 1]; 0 below three
// values.
double neighbour_correlation(std::span<const double> in_order);

// The rank correlation of pairs (Spearman 1904), in [-1, 1]; 0 below three pairs. Of equal length.
double rank_correlation(std::span<const double> a, std::span<const double> b);

// The ranks of values, from 0; equal ones share their mean.
std::vector<double> ranks_of(std::span<const double> values);

}  // namespace rehearse::stats
