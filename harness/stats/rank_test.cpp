#include "harness/stats/rank_test.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "harness/base/check.hpp"
#include "harness/base/math.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::stats {
namespace {

constexpr std::size_t kExact = 25;

double upper_tail(double z) { return std::erfc(z / std::sqrt(2.0)) / 2; }

// Doubles as integers of the same order, so that halving an interval of them ends.
std::int64_t ordered(double x) {
  const auto bits = std::bit_cast<std::int64_t>(x);
  return bits < 0 ? INT64_MIN - bits : bits;
}
double from_ordered(std::int64_t i) { return std::bit_cast<double>(i < 0 ? INT64_MIN - i : i); }

// All sums left_i + right_j of two ascending rows, as a multiset whose order statistics are found
// without making it (Johnson and Mizoguchi 1978, with bisection for pivots). In the triangle, left
// and right are one row and only i <= j counts.
class Sums {
 public:
  Sums(std::span<const double> left, std::span<const double> right, bool triangle)
      : left_(left), right_(right), triangle_(triangle) {}

  std::uint64_t size() const {
    const std::uint64_t n = left_.size();
    return triangle_ ? n * (n + 1) / 2 : n * right_.size();
  }

  // The k-th smallest sum, k from 1 to size(). O(rows * rounds), about 20 rounds.
  double smallest(std::uint64_t k) const {
    double low = left_.front() + right_.front();
    double high = left_.back() + right_.back();
    std::uint64_t below = count_to(low);
    if (k <= below) {
      return low;
    }
    std::uint64_t to_high = size();
    for (int round = 0; to_high - below > 2 * left_.size() + 64; ++round) {
      const double middle = round < 48 ? low + (high - low) / 2 : halfway(low, high);
      if (!(middle > low && middle < high)) {
        return high;  // nothing between: every sum left is `high`
      }
      const std::uint64_t count = count_to(middle);
      if (count >= k) {
        high = middle;
        to_high = count;
      } else {
        low = middle;
        below = count;
      }
    }
    return among(low, high, k - below);
  }

 private:
  static double halfway(double low, double high) {
    const std::int64_t a = ordered(low);
    return from_ordered(
        a + static_cast<std::int64_t>(
                (static_cast<std::uint64_t>(ordered(high)) - static_cast<std::uint64_t>(a)) / 2));
  }
  // How many places j of row i count, given that right_[0, j) qualify.
  std::uint64_t counted(std::size_t i, std::size_t j) const {
    return !triangle_ ? j : j > i ? j - i : 0;
  }
  std::uint64_t count_to(double limit) const {
    std::uint64_t count = 0;
    std::size_t j = right_.size();
    for (std::size_t i = 0; i < left_.size(); ++i) {
      while (j > 0 && left_[i] + right_[j - 1] > limit) {
        --j;
      }
      count += counted(i, j);
      if (j == 0 || (triangle_ && j <= i)) {
        break;
      }
    }
    return count;
  }
  // The k-th smallest of the sums in (low, high].
  double among(double low, double high, std::uint64_t k) const {
    std::vector<double> found;
    std::size_t j = right_.size();
    for (std::size_t i = 0; i < left_.size(); ++i) {
      while (j > 0 && left_[i] + right_[j - 1] > high) {
        --j;
      }
      const std::size_t first = triangle_ ? i : 0;
      for (std::size_t at = j; at > first && left_[i] + right_[at - 1] > low; --at) {
        found.push_back(left_[i] + right_[at - 1]);
      }
    }
    REHEARSE_CHECK(k >= 1 && k <= found.size());
    const auto place = found.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::nth_element(found.begin(), place, found.end());
    return *place;
  }

  std::span<const double> left_;
  std::span<const double> right_;
  bool triangle_;
};

// The median of the sums and the interval that leaves out the c-1 smallest and largest of them.
double median_of(const Sums& sums) {
  const std::uint64_t n = sums.size();
  const double upper = sums.smallest(n / 2 + 1);
  return n % 2 == 1 ? upper : (sums.smallest(n / 2) + upper) / 2;
}
Interval interval_of(const Sums& sums, std::uint64_t c) {
  if (c == 0) {
    return {};
  }
  return {sums.smallest(c), sums.smallest(sums.size() + 1 - c)};
}

// The largest c with P(statistic <= c - 1) <= side; weights[s] counts the outcomes with statistic
// s.
std::uint64_t exact_cut(const std::vector<double>& weights, double side) {
  double total = 0;
  for (const double w : weights) {
    total += w;
  }
  double below = 0;
  std::uint64_t c = 0;
  while (c < weights.size() / 2 && (below += weights[c]) <= side * total) {
    ++c;
  }
  return c;
}
std::uint64_t normal_cut(double mean, double deviation, double side) {
  const double c = std::floor(mean + normal_quantile(side) * deviation + 0.5);
  return c < 1 ? 0 : static_cast<std::uint64_t>(c);
}

// The smaller tail of `weights` at `at`, doubled.
double exact_p(const std::vector<double>& weights, std::size_t at) {
  double below = 0;
  double above = 0;
  double total = 0;
  for (std::size_t s = 0; s < weights.size(); ++s) {
    total += weights[s];
    below += s <= at ? weights[s] : 0;
    above += s >= at ? weights[s] : 0;
  }
  return std::min(1.0, 2 * std::min(below, above) / total);
}

// Doubled midranks of ascending keys (integers, so that the exact tests can count by them), and the
// sum of t^3 - t over groups of ties.
struct Midranks {
  std::vector<std::uint64_t> doubled;
  double ties = 0;
};
Midranks midranks(std::span<const double> ascending) {
  Midranks out;
  out.doubled.resize(ascending.size());
  for (std::size_t from = 0; from < ascending.size();) {
    std::size_t to = from;
    while (to < ascending.size() && ascending[to] == ascending[from]) {
      out.doubled[to++] = 0;
    }
    for (std::size_t i = from; i < to; ++i) {
      out.doubled[i] = from + 1 + to;
    }
    const auto t = static_cast<double>(to - from);
    out.ties += t * t * t - t;
    from = to;
  }
  return out;
}

// Outcomes of the signed rank statistic by value: each rank counts or not.
std::vector<double> subset_sums(std::span<const std::uint64_t> ranks) {
  std::vector<double> ways{1};
  for (const std::uint64_t rank : ranks) {
    ways.resize(ways.size() + rank, 0);
    for (std::size_t s = ways.size(); s-- > rank;) {
      ways[s] += ways[s - rank];
    }
  }
  return ways;
}

// Outcomes of the rank sum of `chosen` of the ranks, by value.
std::vector<double> chosen_sums(std::span<const std::uint64_t> ranks, std::size_t chosen) {
  std::uint64_t most = 0;
  for (const std::uint64_t rank : ranks) {
    most += rank;
  }
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(most + 1, 0));
  ways[0][0] = 1;
  for (const std::uint64_t rank : ranks) {
    for (std::size_t k = chosen; k-- > 0;) {
      for (std::size_t s = most + 1; s-- > rank;) {
        ways[k + 1][s] += ways[k][s - rank];
      }
    }
  }
  return ways[chosen];
}

double normal_p(double statistic, double mean, double variance) {
  if (!(variance > 0)) {
    return 1;
  }
  const double z = std::max(0.0, std::fabs(statistic - mean) - 0.5) / std::sqrt(variance);
  return std::min(1.0, std::max(2 * upper_tail(z), 1e-300));
}

double signed_rank_p(std::span<const double> differences) {
  struct Item {
    double size;
    bool positive;
  };
  std::vector<Item> items;
  for (const double d : differences) {
    items.push_back({std::fabs(d), d > 0});
  }
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.size < b.size; });
  std::vector<double> sizes;
  for (const Item& item : items) {
    sizes.push_back(item.size);
  }
  const Midranks ranks = midranks(sizes);
  const auto zeros =
      static_cast<std::size_t>(std::upper_bound(sizes.begin(), sizes.end(), 0.0) - sizes.begin());
  std::uint64_t plus = 0;  // doubled
  for (std::size_t i = zeros; i < items.size(); ++i) {
    plus += items[i].positive ? ranks.doubled[i] : 0;
  }
  const std::span<const std::uint64_t> left = std::span(ranks.doubled).subspan(zeros);
  if (left.empty()) {
    return 1;
  }
  if (items.size() <= kExact) {
    return exact_p(subset_sums(left), plus);
  }
  double mean = 0;
  double variance = 0;
  for (const std::uint64_t doubled : left) {
    const double rank = static_cast<double>(doubled) / 2;
    mean += rank / 2;
    variance += rank * rank / 4;
  }
  return normal_p(static_cast<double>(plus) / 2, mean, variance);
}

// The doubled rank sum of `after` among all values, and their midranks.
struct RankSum {
  std::uint64_t doubled = 0;
  Midranks ranks;
};
RankSum rank_sum(std::span<const double> before, std::span<const double> after) {
  struct Item {
    double value;
    bool after;
  };
  std::vector<Item> items;
  items.reserve(before.size() + after.size());
  for (const double value : before) {
    items.push_back({value, false});
  }
  for (const double value : after) {
    items.push_back({value, true});
  }
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.value < b.value; });
  std::vector<double> values;
  values.reserve(items.size());
  for (const Item& item : items) {
    values.push_back(item.value);
  }
  RankSum out{0, midranks(values)};
  for (std::size_t i = 0; i < items.size(); ++i) {
    out.doubled += items[i].after ? out.ranks.doubled[i] : 0;
  }
  return out;
}

double rank_sum_p(std::span<const double> before, std::span<const double> after) {
  const RankSum sum = rank_sum(before, after);
  if (std::max(before.size(), after.size()) <= kExact) {
    return exact_p(chosen_sums(sum.ranks.doubled, after.size()), sum.doubled);
  }
  const auto n = static_cast<double>(before.size());
  const auto m = static_cast<double>(after.size());
  const double all = n + m;
  const double variance = n * m / 12 * (all + 1 - sum.ranks.ties / (all * (all - 1)));
  return normal_p(static_cast<double>(sum.doubled) / 2, m * (all + 1) / 2, variance);
}

std::vector<std::uint64_t> first_ranks(std::size_t n) {
  std::vector<std::uint64_t> out(n);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = i + 1;
  }
  return out;
}

}  // namespace

Effect signed_rank_shift(std::span<const double> differences, double alpha) {
  REHEARSE_CHECK(!differences.empty());
  const std::vector<double> d = sorted(differences);
  const Sums sums(d, d, true);
  const auto n = static_cast<double>(d.size());
  const auto cut = [&](double side) {
    return d.size() <= kExact
               ? exact_cut(subset_sums(first_ranks(d.size())), side)
               : normal_cut(n * (n + 1) / 4, std::sqrt(n * (n + 1) * (2 * n + 1) / 24), side);
  };
  const auto halved = [](Interval i) { return Interval{i.low / 2, i.high / 2}; };
  Effect out;
  out.estimate = median_of(sums) / 2;
  out.confidence = halved(interval_of(sums, cut(alpha / 2)));
  out.equivalence = halved(interval_of(sums, cut(alpha)));
  out.p_value = signed_rank_p(differences);
  return out;
}

Effect rank_sum_shift(std::span<const double> before, std::span<const double> after, double alpha) {
  REHEARSE_CHECK(!before.empty() && !after.empty());
  std::vector<double> negated = sorted(before);
  std::reverse(negated.begin(), negated.end());
  for (double& value : negated) {
    value = -value;
  }
  const std::vector<double> y = sorted(after);
  const Sums sums(negated, y, false);
  const auto n = static_cast<double>(before.size());
  const auto m = static_cast<double>(after.size());
  const auto cut = [&](double side) {
    if (std::max(before.size(), after.size()) > kExact) {
      return normal_cut(n * m / 2, std::sqrt(n * m * (n + m + 1) / 12), side);
    }
    std::vector<double> ways = chosen_sums(first_ranks(before.size() + after.size()), after.size());
    const std::size_t least = after.size() * (after.size() + 1) / 2;  // the smallest rank sum
    ways.erase(ways.begin(), ways.begin() + static_cast<std::ptrdiff_t>(least));
    ways.resize(before.size() * after.size() + 1);
    return exact_cut(ways, side);
  };
  Effect out;
  out.estimate = median_of(sums);
  out.confidence = interval_of(sums, cut(alpha / 2));
  out.equivalence = interval_of(sums, cut(alpha));
  out.p_value = rank_sum_p(before, after);
  return out;
}

double cliffs_delta(std::span<const double> before, std::span<const double> after) {
  REHEARSE_CHECK(!before.empty() && !after.empty());
  const auto n = static_cast<double>(before.size());
  const auto m = static_cast<double>(after.size());
  const double u = static_cast<double>(rank_sum(before, after).doubled) / 2 - m * (m + 1) / 2;
  return 2 * u / (n * m) - 1;
}

}  // namespace rehearse::stats
