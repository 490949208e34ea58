#include "harness/stats/change_points.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "harness/stats/moments.hpp"

namespace rehearse::stats {
namespace {

// Two-sided p-value of equal means (Student, pooled variance, as Otava).
double student_p(std::span<const double> x, std::span<const double> y) {
  const Moments a = moments_of(x);
  const Moments b = moments_of(y);
  const double n = static_cast<double>(x.size());
  const double m = static_cast<double>(y.size());
  const double difference = std::fabs(a.mean() - b.mean());
  if (difference == 0 || n + m <= 2) {
    return 1;
  }
  const double pooled = ((n - 1) * a.variance() + (m - 1) * b.variance()) / (n + m - 2);
  const double error = std::sqrt(pooled * (1 / n + 1 / m));
  // Equal values on either side: no noise at all, as in virtual time.
  if (!(error > 1e-12 * difference)) {
    return 0;
  }
  const boost::math::students_t_distribution<double> t(n + m - 2);
  return 2 * boost::math::cdf(boost::math::complement(t, difference / error));
}

// The split of values[first, last) with the largest energy statistic (n m / (n + m)) E, E = 2 mean
// |x - y| - mean |x - x'| - mean |y - y'|; `last` where there is no room. O(n^2).
std::size_t best_split(std::span<const double> values, std::size_t first, std::size_t last,
                       std::size_t least) {
  const auto distance = [&](std::size_t i, std::size_t j) {
    return std::fabs(values[i] - values[j]);
  };
  // Sums of distances within the left part, within the right one, and across, as the cut moves.
  double left = 0;
  double right = 0;
  double across = 0;
  for (std::size_t i = first; i < last; ++i) {
    for (std::size_t j = i + 1; j < last; ++j) {
      right += distance(i, j);
    }
  }
  double best = 0;
  std::size_t at = last;
  for (std::size_t cut = first + 1; cut < last; ++cut) {
    double to_left = 0;
    double to_right = 0;
    for (std::size_t i = first; i < cut - 1; ++i) {
      to_left += distance(i, cut - 1);
    }
    for (std::size_t i = cut; i < last; ++i) {
      to_right += distance(i, cut - 1);
    }
    left += to_left;
    right -= to_right;
    across += to_right - to_left;
    const double n = static_cast<double>(cut - first);
    const double m = static_cast<double>(last - cut);
    if (cut - first < least || last - cut < least) {
      continue;
    }
    const double energy =
        2 * across / (n * m) - 2 * left / (n * (n - 1)) - 2 * right / (m * (m - 1));
    const double q = n * m / (n + m) * energy;
    if (q > best) {
      best = q;
      at = cut;
    }
  }
  return at;
}

class Search {
 public:
  Search(std::span<const double> values, const ChangePointOptions& options)
      : values_(values), options_(options) {}

  std::vector<ChangePoint> run() {
    const std::size_t window = std::max(options_.window, 2 * options_.least);
    // Windows overlap by half, so that no change lies at the edge of all of them.
    for (std::size_t first = 0;; first += window / 2) {
      const std::size_t last = std::min(values_.size(), first + window);
      divide(first, last);
      if (last == values_.size()) {
        break;
      }
    }
    std::sort(cuts_.begin(), cuts_.end());
    cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
    merge_weak();
    std::vector<ChangePoint> out;
    for (std::size_t i = 0; i < cuts_.size(); ++i) {
      out.push_back(point(i));
    }
    return out;
  }

 private:
  void divide(std::size_t first, std::size_t last) {
    const std::size_t cut = best_split(values_, first, last, options_.least);
    if (cut == last ||
        student_p(part(first, cut), part(cut, last)) > std::min(1.0, 10 * options_.p)) {
      return;
    }
    cuts_.push_back(cut);
    divide(first, cut);
    divide(cut, last);
  }

  std::span<const double> part(std::size_t first, std::size_t last) const {
    return values_.subspan(first, last - first);
  }

  ChangePoint point(std::size_t i) const {
    const std::size_t first = i == 0 ? 0 : cuts_[i - 1];
    const std::size_t last = i + 1 < cuts_.size() ? cuts_[i + 1] : values_.size();
    const auto before = part(first, cuts_[i]);
    const auto after = part(cuts_[i], last);
    return {cuts_[i], moments_of(before).mean(), moments_of(after).mean(),
            student_p(before, after)};
  }

  void merge_weak() {
    while (!cuts_.empty()) {
      std::size_t weakest = cuts_.size();
      double worst = options_.p;
      for (std::size_t i = 0; i < cuts_.size(); ++i) {
        const ChangePoint found = point(i);
        const bool small = std::fabs(found.change()) < options_.magnitude;
        const double p = small ? 1 : found.p_value;
        if (p > worst) {
          worst = p;
          weakest = i;
        }
      }
      if (weakest == cuts_.size()) {
        return;
      }
      cuts_.erase(cuts_.begin() + static_cast<std::ptrdiff_t>(weakest));
    }
  }

  std::span<const double> values_;
  const ChangePointOptions& options_;
  std::vector<std::size_t> cuts_;
};

}  // namespace

std::vector<ChangePoint> change_points(std::span<const double> values,
                                       const ChangePointOptions& options) {
  if (values.size() < 2 * options.least) {
    return {};
  }
  return Search(values, options).run();
}

}  // namespace rehearse::stats
