#include "harness/stats/scalability.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

namespace rehearse::stats {
namespace {

constexpr std::size_t kFewestPoints = 4;  // of three unknowns, and one to be wrong about

// n/X = a + b (n - 1) + c n (n - 1), with b or c left out where not `used`.
struct Linear {
  std::array<double, 3> a{};
  double squares = std::numeric_limits<double>::infinity();
};

std::array<double, 3> terms(double n) { return {1, n - 1, n * (n - 1)}; }

// Gauss with pivoting on the normal equations of the terms that are used.
Linear solve(std::span<const ScalePoint> points, const std::array<bool, 3>& used) {
  std::array<std::array<double, 4>, 3> m{};
  for (const ScalePoint& point : points) {
    const std::array<double, 3> t = terms(point.n);
    const double y = point.n / point.throughput;
    const double weight = 1 / (y * y);
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        m[i][j] += used[i] && used[j] ? weight * t[i] * t[j] : 0;
      }
      m[i][3] += used[i] ? weight * t[i] * y : 0;
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    m[i][i] = used[i] ? m[i][i] : 1;
  }
  for (std::size_t i = 0; i < 3; ++i) {
    std::size_t pivot = i;
    for (std::size_t r = i + 1; r < 3; ++r) {
      pivot = std::abs(m[r][i]) > std::abs(m[pivot][i]) ? r : pivot;
    }
    std::swap(m[i], m[pivot]);
    if (m[i][i] == 0) {
      return {};
    }
    for (std::size_t r = 0; r < 3; ++r) {
      const double factor = r == i ? 0 : m[r][i] / m[i][i];
      for (std::size_t c = i; c < 4; ++c) {
        m[r][c] -= factor * m[i][c];
      }
    }
  }
  Linear out;
  for (std::size_t i = 0; i < 3; ++i) {
    out.a[i] = m[i][3] / m[i][i];
  }
  out.squares = 0;
  for (const ScalePoint& point : points) {
    const std::array<double, 3> t = terms(point.n);
    const double y = point.n / point.throughput;
    const double off = (out.a[0] * t[0] + out.a[1] * t[1] + out.a[2] * t[2]) / y - 1;
    out.squares += off * off;
  }
  return out;
}

void find_peak(std::span<const ScalePoint> points, Scalability& out) {
  double least = std::numeric_limits<double>::infinity();
  for (const ScalePoint& point : points) {
    least = std::min(least, point.n);
    out.most_n = std::max(out.most_n, point.n);
  }
  if (!(out.kappa > 0) || out.sigma >= 1) {
    out.why_no_peak = "throughput does not fall inside the range that was tried";
    return;
  }
  const double peak = std::sqrt((1 - out.sigma) / out.kappa);
  if (peak > out.most_n || peak < least) {
    out.why_no_peak = "the fitted peak lies outside the range that was tried, so none is named";
    return;
  }
  out.peak = peak;
}

}  // namespace

std::optional<Scalability> fit_scalability(std::span<const ScalePoint> points) {
  std::set<double> different;
  for (const ScalePoint& point : points) {
    if (!(point.n > 0) || !(point.throughput > 0) || !std::isfinite(point.throughput)) {
      return std::nullopt;
    }
    different.insert(point.n);
  }
  if (different.size() < kFewestPoints) {
    return std::nullopt;
  }
  Linear best;
  for (const bool sigma : {true, false}) {
    for (const bool kappa : {true, false}) {
      const Linear found = solve(points, {true, sigma, kappa});
      const bool allowed = found.a[0] > 0 && found.a[1] >= 0 && found.a[2] >= 0;
      best = allowed && found.squares < best.squares ? found : best;
    }
  }
  if (!(best.a[0] > 0)) {
    return std::nullopt;
  }
  Scalability out;
  out.lambda = 1 / best.a[0];
  out.sigma = best.a[1] / best.a[0];
  out.kappa = best.a[2] / best.a[0];
  for (const ScalePoint& point : points) {
    out.residuals.push_back(point.throughput / out.at(point.n) - 1);
    out.worst = std::max(out.worst, std::abs(out.residuals.back()));
  }
  find_peak(points, out);
  return out;
}

}  // namespace rehearse::stats
