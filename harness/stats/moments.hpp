#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

namespace rehearse::stats {

// Count, mean and variance of doubles in one pass (Welford, Technometrics 1962); merged by Chan,
// Golub and LeVeque (1979). Merging is not exact: merge in a fixed order.
class Moments {
 public:
  void add(double value) {
    ++count_;
    const double step = value - mean_;
    mean_ += step / static_cast<double>(count_);
    squares_ += step * (value - mean_);
  }
  void merge(const Moments& other) {
    if (other.count_ == 0) {
      return;
    }
    const auto n = static_cast<double>(count_);
    const auto m = static_cast<double>(other.count_);
    const double step = other.mean_ - mean_;
    squares_ += other.squares_ + step * step * n * m / (n + m);
    mean_ += step * m / (n + m);
    count_ += other.count_;
  }

  std::uint64_t count() const { return count_; }
  double mean() const { return mean_; }
  // Unbiased; 0 under two values.
  double variance() const {
    return count_ < 2 ? 0 : std::max(0.0, squares_ / static_cast<double>(count_ - 1));
  }
  double deviation() const { return std::sqrt(variance()); }

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

inline Moments moments_of(std::span<const double> values) {
  Moments out;
  for (const double value : values) {
    out.add(value);
  }
  return out;
}

}  // namespace rehearse::stats
