#include "harness/stats/sequential.hpp"

#include <cmath>
#include <numbers>

#include "harness/base/check.hpp"
#include "harness/base/math.hpp"

namespace rehearse::stats {
namespace {

constexpr int kSteps = 96;  // of Simpson's rule over one look's region; even

double density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }

// Simpson's weights over [-c, c].
double weight(int i, double c) {
  const double step = 2 * c / kSteps;
  return step / 3 * (i == 0 || i == kSteps ? 1 : i % 2 == 1 ? 4 : 2);
}

double place(int i, double c) { return -c + 2 * c * i / kSteps; }

// The chance that no look passes the bound c, by the density of the standardised statistic of those
// that have not passed yet.
double chance_of_none(std::span<const double> sizes, double c) {
  std::vector<double> inside(kSteps + 1);
  for (int i = 0; i <= kSteps; ++i) {
    inside[static_cast<std::size_t>(i)] = density(place(i, c));
  }
  for (std::size_t look = 1; look < sizes.size(); ++look) {
    // z_k = r z_{k-1} + sqrt(1 - r^2) e
    const double r = std::sqrt(sizes[look - 1] / sizes[look]);
    const double own = std::sqrt(1 - r * r);
    std::vector<double> next(kSteps + 1);
    for (int i = 0; i <= kSteps; ++i) {
      double sum = 0;
      for (int j = 0; j <= kSteps; ++j) {
        sum += weight(j, c) * inside[static_cast<std::size_t>(j)] *
               density((place(i, c) - r * place(j, c)) / own);
      }
      next[static_cast<std::size_t>(i)] = sum / own;
    }
    inside = std::move(next);
  }
  double out = 0;
  for (int i = 0; i <= kSteps; ++i) {
    out += weight(i, c) * inside[static_cast<std::size_t>(i)];
  }
  return out;
}

}  // namespace

double chance_of_any(std::span<const double> sizes, double level) {
  return 1 - chance_of_none(sizes, normal_quantile(1 - level / 2));
}

double look_level(std::span<const double> sizes, double alpha) {
  REHEARSE_CHECK(!sizes.empty() && alpha > 0 && alpha <= 0.5);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    REHEARSE_CHECK(sizes[i] > (i == 0 ? 0.0 : sizes[i - 1]));
  }
  double low = alpha / static_cast<double>(sizes.size());  // Bonferroni: never too much
  double high = alpha;
  for (int i = 0; i < 24; ++i) {
    const double middle = (low + high) / 2;
    (chance_of_any(sizes, middle) > alpha ? high : low) = middle;
  }
  return low;
}

}  // namespace rehearse::stats
