#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "harness/stats/quantile.hpp"
#include "harness/stats/rank_test.hpp"
#include "tests/stats/support.hpp"

namespace rehearse::stats {
namespace {

std::vector<double> midranks_of(const std::vector<double>& x) {
  std::vector<double> out;
  for (const double v : x) {
    double below = 0;
    double equal = 0;
    for (const double w : x) {
      below += w < v ? 1 : 0;
      equal += w == v ? 1 : 0;
    }
    out.push_back(below + (equal + 1) / 2);
  }
  return out;
}

double doubled_tail(double below, double above, double all) {
  return std::min(1.0, 2 * std::min(below, above) / all);
}

// Every flip of the signs of the non-zero differences (Pratt: zeros are ranked, then left out).
double enumerated_signed_rank_p(const std::vector<double>& d) {
  std::vector<double> sizes;
  for (const double v : d) {
    sizes.push_back(std::fabs(v));
  }
  const std::vector<double> ranks = midranks_of(sizes);
  std::vector<double> left;
  double found = 0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    if (d[i] != 0) {
      left.push_back(ranks[i]);
      found += d[i] > 0 ? ranks[i] : 0;
    }
  }
  double below = 0;
  double above = 0;
  for (unsigned mask = 0; mask < (1u << left.size()); ++mask) {
    double sum = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
      sum += (mask >> i) & 1u ? left[i] : 0;
    }
    below += sum <= found ? 1 : 0;
    above += sum >= found ? 1 : 0;
  }
  return doubled_tail(below, above, static_cast<double>(1u << left.size()));
}

// Every split of the pooled values into sides of these sizes.
double enumerated_rank_sum_p(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> all = x;
  all.insert(all.end(), y.begin(), y.end());
  const std::vector<double> ranks = midranks_of(all);
  double found = 0;
  for (std::size_t i = x.size(); i < all.size(); ++i) {
    found += ranks[i];
  }
  double below = 0;
  double above = 0;
  double splits = 0;
  for (unsigned mask = 0; mask < (1u << all.size()); ++mask) {
    if (static_cast<std::size_t>(__builtin_popcount(mask)) != y.size()) {
      continue;
    }
    double sum = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      sum += (mask >> i) & 1u ? ranks[i] : 0;
    }
    splits += 1;
    below += sum <= found ? 1 : 0;
    above += sum >= found ? 1 : 0;
  }
  return doubled_tail(below, above, splits);
}

// Small integers now and then, so that ties and zeros occur.
std::vector<double> values(std::uint64_t seed, std::size_t n, bool ties) {
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) {
    const double z = 0.4 + test::normal(seed, i);
    out.push_back(ties ? std::round(2 * z) : z);
  }
  return out;
}

std::vector<double> walsh(const std::vector<double>& d) {
  std::vector<double> out;
  for (std::size_t i = 0; i < d.size(); ++i) {
    for (std::size_t j = i; j < d.size(); ++j) {
      out.push_back((d[i] + d[j]) / 2);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST_CASE("signed rank p-values equal enumeration for n <= 8, with ties and zeros") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    for (std::size_t n = 1; n <= 8; ++n) {
      const auto d = values(seed, n, seed % 2 == 0);
      INFO("seed " << seed << " n " << n);
      REQUIRE(signed_rank_shift(d).p_value == Approx(enumerated_signed_rank_p(d)).epsilon(1e-12));
    }
  }
}

TEST_CASE("rank sum p-values equal enumeration for up to 5 a side, with ties") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    for (std::size_t n = 1; n <= 5; ++n) {
      for (std::size_t m = 1; m <= 5; ++m) {
        const auto x = values(seed, n, seed % 2 == 0);
        const auto y = values(seed + 1000, m, seed % 2 == 0);
        INFO("seed " << seed << " n " << n << " m " << m);
        REQUIRE(rank_sum_shift(x, y).p_value == Approx(enumerated_rank_sum_p(x, y)).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("the Hodges-Lehmann shifts are the medians of all averages and of all differences") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const std::size_t n = 1 + seed * 13 % 120;
    const auto d = values(seed, n, seed % 3 == 0);
    const auto averages = walsh(d);
    INFO("seed " << seed << " n " << n);
    CHECK(signed_rank_shift(d).estimate == Approx(*sorted_quantile(averages, 0.5)).margin(1e-12));
    const auto y = values(seed + 500, 1 + seed * 7 % 90, seed % 3 == 0);
    std::vector<double> differences;
    for (const double a : d) {
      for (const double b : y) {
        differences.push_back(b - a);
      }
    }
    CHECK(rank_sum_shift(d, y).estimate ==
          Approx(*sorted_quantile(sorted(differences), 0.5)).margin(1e-12));
  }
}

TEST_CASE("no interval exists under 6 pairs, and 6 pairs give the whole range") {
  const auto five = values(1, 5, false);
  CHECK(!signed_rank_shift(five).confidence.bounded());
  const auto six = values(1, 6, false);
  const Effect found = signed_rank_shift(six);
  CHECK(found.confidence.low == *std::min_element(six.begin(), six.end()));
  CHECK(found.confidence.high == *std::max_element(six.begin(), six.end()));
}

TEST_CASE("Hollander and Wolfe's depression data give R's published answer") {
  // wilcox.test's own example (Hollander, Wolfe and Chicken, table 3.1): V = 40, one-sided p =
  // 0.01953.
  const std::vector<double> x{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
  const std::vector<double> y{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
  std::vector<double> d;
  for (std::size_t i = 0; i < x.size(); ++i) {
    d.push_back(y[i] - x[i]);
  }
  const Effect found = signed_rank_shift(d);
  CHECK(found.p_value == Approx(2 * 0.01953125).epsilon(1e-12));
  CHECK(found.estimate == Approx(-0.46).margin(1e-9));
  // wilcox.test(..., conf.int = TRUE) of R 4.2: 0.010 to 0.786, of x - y.
  CHECK(found.confidence.low == Approx(-0.786).margin(1e-9));
  CHECK(found.confidence.high == Approx(-0.010).margin(1e-9));
}

TEST_CASE("Hollander and Wolfe's tritiated water data give R's published answer") {
  // wilcox.test's own example (table 4.1): W = 35, one-sided p = 0.1272, that is 382 of C(15, 5).
  const std::vector<double> x{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
  const std::vector<double> y{1.15, 0.88, 0.90, 0.74, 1.21};
  const Effect found = rank_sum_shift(x, y);
  CHECK(found.p_value == Approx(2 * 0.1272).margin(2e-4));
  // conf.int = TRUE of R 4.2: a difference of 0.305, -0.15 to 0.76, of x - y.
  CHECK(found.estimate == Approx(-0.305).margin(1e-9));
  CHECK(found.confidence.low == Approx(-0.76).margin(1e-9));
  CHECK(found.confidence.high == Approx(0.15).margin(1e-9));
  CHECK(cliffs_delta(y, x) == Approx(2 * 35.0 / 50 - 1));
}

TEST_CASE("the exact and the normal interval agree where one hands over to the other") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto d = values(seed, 25, false);
    const Effect exact = signed_rank_shift(d);
    d.push_back(exact.estimate);  // 26 values: normal
    const Effect normal = signed_rank_shift(d);
    INFO("seed " << seed);
    CHECK(normal.confidence.low == Approx(exact.confidence.low).margin(0.12));
    CHECK(normal.confidence.high == Approx(exact.confidence.high).margin(0.12));
    CHECK(normal.p_value == Approx(exact.p_value).margin(0.08));
  }
}

TEST_CASE("large samples, ties everywhere and constants end, with the exact median") {
  std::vector<double> d;
  for (std::uint64_t i = 0; i < 100'001; ++i) {
    d.push_back(std::round(test::normal(3, i) * 4));
  }
  CHECK(signed_rank_shift(d).estimate == 0);
  const std::vector<double> constant(50'000, 0.25);
  const Effect same = signed_rank_shift(constant);
  CHECK(same.estimate == 0.25);
  CHECK(same.confidence == Interval{0.25, 0.25});
  const std::vector<double> zeros(1000, 0.0);
  CHECK(signed_rank_shift(zeros).p_value == 1);
  CHECK(rank_sum_shift(zeros, zeros).p_value == 1);
  CHECK(rank_sum_shift(zeros, zeros).confidence == Interval{0, 0});
}

TEST_CASE("rank intervals cover a shift about as often as they say") {
  int paired = 0;
  int unpaired = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::vector<double> d;
    std::vector<double> x;
    std::vector<double> y;
    for (std::uint64_t i = 0; i < 12; ++i) {
      d.push_back(0.3 + test::normal(seed, i, 0));
      x.push_back(test::normal(seed, i, 1));
      y.push_back(0.3 + test::normal(seed, i, 2));
    }
    paired += signed_rank_shift(d).confidence.contains(0.3) ? 1 : 0;
    unpaired += rank_sum_shift(x, y).confidence.contains(0.3) ? 1 : 0;
  }
  CHECK(paired >= 275);
  CHECK(paired <= 297);
  CHECK(unpaired >= 275);
  CHECK(unpaired <= 297);
}

}  // namespace
}  // namespace rehearse::stats
