#include "harness/stats/pareto.hpp"

#include <cmath>
#include <cstddef>
#include <limits>

namespace rehearse::stats {
namespace {

double ranked(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

bool beats(const std::vector<double>& one, const std::vector<double>& other) {
  bool smaller = false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const double a = ranked(one[i]);
    const double b = ranked(other[i]);
    if (a > b) {
      return false;
    }
    smaller = smaller || a < b;
  }
  return smaller;
}

}  // namespace

std::vector<bool> pareto_front(std::span<const std::vector<double>> rows) {
  std::vector<bool> out(rows.size(), true);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size() && out[i]; ++j) {
      out[i] = !beats(rows[j], rows[i]);
    }
  }
  return out;
}

}  // namespace rehearse::stats
