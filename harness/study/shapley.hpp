#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace rehearse::study {

// Shares of a game of k players, k <= 20, whose coalitions are bit sets: exact (Shapley, 1953),
// from all 2^k values. `value(S)` is asked once for each S; the shares sum to value(all) -
// value(none) but for rounding.
std::vector<double> shapley(std::size_t players, const std::vector<double>& value);

// Orders of the players for sampled shares (Castro, Gomez and Tejada 2009), each with its reverse
// (antithetic: Mitchell et al. 2022): a pure function of its arguments.
std::vector<std::vector<std::uint8_t>> sampled_orders(std::size_t players, std::size_t orders,
                                                      std::uint64_t seed);

// Mean contributions of the players over orders; `value(S)` of the coalitions that the orders meet.
struct SampledShare {
  double value = 0;
  double standard_error = 0;
};
std::vector<SampledShare> sampled_shapley(std::size_t players,
                                          const std::vector<std::vector<std::uint8_t>>& orders,
                                          const std::function<double(std::uint64_t)>& value);

}  // namespace rehearse::study
