#include "harness/stats/multiplicity.hpp"

#include <algorithm>
#include <numeric>

namespace rehearse::stats {
namespace {

// Places of the p-values, smallest first; equal ones in the order given.
std::vector<std::size_t> order_of(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p[a] < p[b] || (p[a] == p[b] && a < b); });
  return order;
}

}  // namespace

std::vector<double> holm(std::span<const double> p_values) {
  const std::vector<std::size_t> order = order_of(p_values);
  std::vector<double> out(p_values.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto left = static_cast<double>(order.size() - i);
    largest = std::max(largest, std::min(1.0, left * p_values[order[i]]));
    out[order[i]] = largest;
  }
  return out;
}

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  const std::vector<std::size_t> order = order_of(p_values);
  std::vector<double> out(p_values.size());
  double smallest = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    const double share = static_cast<double>(order.size()) / static_cast<double>(i + 1);
    smallest = std::min(smallest, share * p_values[order[i]]);
    out[order[i]] = smallest;
  }
  return out;
}

}  // namespace rehearse::stats
