#include "harness/stats/quantile.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <utility>

#include "harness/base/check.hpp"

namespace rehearse::stats {
namespace {

// P(Binomial(n, q) <= k), k may be -1.
double binomial_cdf(std::uint64_t n, double q, std::int64_t k) {
  if (k < 0) {
    return 0;
  }
  if (static_cast<std::uint64_t>(k) >= n) {
    return 1;
  }
  return boost::math::cdf(boost::math::binomial(static_cast<double>(n), q), static_cast<double>(k));
}

constexpr std::size_t kRadix =
    2048;  // buckets of a pass; below so many values std::sort is as fast
constexpr int kDigitBits = 11;
constexpr int kDigits = 6;

// Doubles as unsigned integers of the same order (-0 before 0).
std::uint64_t key_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return bits >> 63 != 0 ? ~bits : bits | (std::uint64_t{1} << 63);
}
double value_of_key(std::uint64_t key) {
  return std::bit_cast<double>(key >> 63 != 0 ? key & ~(std::uint64_t{1} << 63) : ~key);
}

// By digits from the lowest up; a digit that all values share is passed over.
std::vector<double> radix_sorted(std::span<const double> values) {
  std::vector<std::uint64_t> keys(values.size());
  std::vector<std::array<std::uint32_t, kRadix>> counts(kDigits);
  const auto digit = [](std::uint64_t key, int place) {
    return (key >> (kDigitBits * place)) & (kRadix - 1);
  };
  for (std::size_t i = 0; i < values.size(); ++i) {
    keys[i] = key_of(values[i]);
    for (int place = 0; place < kDigits; ++place) {
      ++counts[static_cast<std::size_t>(place)][digit(keys[i], place)];
    }
  }
  std::vector<std::uint64_t> other(keys.size());
  for (int place = 0; place < kDigits; ++place) {
    auto& starts = counts[static_cast<std::size_t>(place)];
    if (starts[digit(keys.front(), place)] == keys.size()) {
      continue;
    }
    std::uint32_t start = 0;
    for (std::uint32_t& count : starts) {
      start += std::exchange(count, start);
    }
    for (const std::uint64_t key : keys) {
      other[starts[digit(key, place)]++] = key;
    }
    keys.swap(other);
  }
  std::vector<double> out(keys.size());
  std::transform(keys.begin(), keys.end(), out.begin(), value_of_key);
  return out;
}

}  // namespace

std::vector<double> sorted(std::span<const double> values) {
  if (values.size() >= kRadix && values.size() < UINT32_MAX) {
    return radix_sorted(values);
  }
  std::vector<double> out(values.begin(), values.end());
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<double> sorted_quantile(std::span<const double> ascending, double q) {
  if (ascending.empty() || !(q >= 0 && q <= 1)) {
    return std::nullopt;
  }
  const double position = static_cast<double>(ascending.size() - 1) * q;
  const auto rank = static_cast<std::size_t>(position);
  const double share = position - static_cast<double>(rank);
  const double low = ascending[rank];
  return share == 0 ? low : low + share * (ascending[rank + 1] - low);
}

std::optional<double> unsorted_quantile(std::vector<double> values, double q) {
  if (values.empty() || !(q >= 0 && q <= 1)) {
    return std::nullopt;
  }
  const double position = static_cast<double>(values.size() - 1) * q;
  const auto rank = static_cast<std::size_t>(position);
  const double share = position - static_cast<double>(rank);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), at, values.end());
  const double low = *at;
  return share == 0 ? low : low + share * (*std::min_element(at + 1, values.end()) - low);
}

std::uint64_t min_samples(double q, double confidence) {
  REHEARSE_CHECK(q > 0 && q < 1 && confidence > 0 && confidence < 1);
  const double side = (1 - confidence) / 2;
  const double larger = std::max(q, 1 - q);
  auto n = static_cast<std::uint64_t>(std::ceil(std::log(side) / std::log(larger)));
  // The logarithms may be off by one at an exact power.
  while (n > 1 && std::pow(larger, static_cast<double>(n - 1)) <= side) {
    --n;
  }
  return std::max<std::uint64_t>(n, 1);
}

std::optional<RankInterval> quantile_ranks(std::uint64_t n, double q, double confidence) {
  if (n == 0 || !(q > 0 && q < 1) || n < min_samples(q, confidence)) {
    return std::nullopt;
  }
  const double side = (1 - confidence) / 2;
  // The largest rank (from 0) whose value is above the quantile with at most `side`:
  // P(at most `rank` values below) <= side.
  std::uint64_t low = 0;
  for (std::uint64_t past = n; low + 1 < past;) {
    const std::uint64_t middle = low + (past - low) / 2;
    (binomial_cdf(n, q, static_cast<std::int64_t>(middle)) <= side ? low : past) = middle;
  }
  // The smallest rank whose value is below it with at most `side`: P(more than `rank`) <= side.
  std::uint64_t high = n - 1;
  for (std::int64_t before = -1; static_cast<std::int64_t>(high) - before > 1;) {
    const std::int64_t middle = before + (static_cast<std::int64_t>(high) - before) / 2;
    if (1 - binomial_cdf(n, q, middle) <= side) {
      high = static_cast<std::uint64_t>(middle);
    } else {
      before = middle;
    }
  }
  return RankInterval{low, high};
}

std::optional<Interval> quantile_interval(std::span<const double> ascending, double q,
                                          double confidence) {
  const auto ranks = quantile_ranks(ascending.size(), q, confidence);
  if (!ranks) {
    return std::nullopt;
  }
  return Interval{ascending[ranks->low], ascending[ranks->high]};
}

}  // namespace rehearse::stats
