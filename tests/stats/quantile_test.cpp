#include "harness/stats/quantile.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/stats/support.hpp"

namespace rehearse::stats {
namespace {

TEST_CASE("type-7 quantiles interpolate between order statistics") {
  // R: quantile(c(1, 2, 4, 8, 16), c(0, .1, .25, .5, .9, 1)), R's default type.
  const std::vector<double> x{1, 2, 4, 8, 16};
  CHECK(*sorted_quantile(x, 0) == 1);
  CHECK(*sorted_quantile(x, 0.1) == Approx(1.4));
  CHECK(*sorted_quantile(x, 0.25) == 2);
  CHECK(*sorted_quantile(x, 0.5) == 4);
  CHECK(*sorted_quantile(x, 0.9) == Approx(12.8));
  CHECK(*sorted_quantile(x, 1) == 16);
  CHECK(!sorted_quantile({}, 0.5));
  CHECK(!sorted_quantile(x, 1.5));
  CHECK(!sorted_quantile(x, std::nan("")));
  CHECK(*sorted_quantile(std::vector<double>{7}, 0.99) == 7);
}

TEST_CASE("large samples are sorted as small ones are, whatever is in them") {
  std::vector<double> values{0.0, 1e-310, -1e-310, 1e300, -1e300, 1, 1, -1, 0.5, -0.5};
  for (std::uint64_t i = 0; values.size() < 5000; ++i) {
    const double z = test::normal(5, i);
    values.push_back(i % 3 == 0 ? z : i % 3 == 1 ? exp(10 * z) : std::floor(4 * z));
  }
  std::vector<double> expected = values;
  std::sort(expected.begin(), expected.end());
  CHECK(sorted(values) == expected);
  const std::vector<double> equal(3000, 7.5);
  CHECK(sorted(equal) == equal);
  const std::vector<double> zeros = sorted(std::vector<double>(3000, -0.0));
  CHECK(std::signbit(zeros.front()));
  for (const double q : {0.0, 0.01, 0.5, 0.95, 0.999, 1.0}) {
    CHECK(unsorted_quantile(values, q) == sorted_quantile(expected, q));
  }
  CHECK(!unsorted_quantile({}, 0.5));
  CHECK(!unsorted_quantile({1}, 1.5));
}

TEST_CASE("the sample floors are those of the formula, two-sided and one-sided") {
  CHECK(min_samples(0.5) == 6);
  CHECK(min_samples(0.9) == 36);
  CHECK(min_samples(0.95) == 72);
  CHECK(min_samples(0.99) == 368);
  CHECK(min_samples(0.01) == 368);
  // One-sided 95% is two-sided 90%.
  CHECK(min_samples(0.5, 0.9) == 5);
  CHECK(min_samples(0.9, 0.9) == 29);
  CHECK(min_samples(0.95, 0.9) == 59);
  CHECK(min_samples(0.99, 0.9) == 299);
}

TEST_CASE("a floor is the first size with an interval, for any quantile") {
  for (const double q : {0.05, 0.2, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999}) {
    const std::uint64_t n = min_samples(q);
    INFO("q " << q << " n " << n);
    CHECK(quantile_ranks(n, q));
    CHECK(!quantile_ranks(n - 1, q));
    CHECK(!quantile_ranks(0, q));
  }
}

TEST_CASE("ranks around a median are those of Nair's table") {
  // Nair (1940), as Dixon and Massey (1969) print it: of n values, the k-th from either end with a
  // confidence just above 95% and 99%.
  struct Row {
    std::uint64_t n, k95, k99;
  };
  for (const Row& row :
       {Row{9, 2, 1}, Row{12, 3, 2}, Row{15, 4, 3}, Row{17, 5, 3}, Row{20, 6, 4}, Row{25, 8, 6},
        Row{30, 10, 8}, Row{44, 16, 14}, Row{50, 18, 16}, Row{65, 25, 22}}) {
    INFO("n " << row.n);
    const RankInterval at95 = *quantile_ranks(row.n, 0.5, 0.95);
    const RankInterval at99 = *quantile_ranks(row.n, 0.5, 0.99);
    CHECK(at95.low + 1 == row.k95);
    CHECK(row.n - at95.high == row.k95);
    CHECK(at99.low + 1 == row.k99);
    CHECK(row.n - at99.high == row.k99);
  }
}

TEST_CASE("order-statistic intervals cover by enumeration of the binomial for n <= 80") {
  for (const double q : {0.5, 0.8, 0.95}) {
    for (std::uint64_t n = min_samples(q); n <= 80; ++n) {
      const RankInterval ranks = *quantile_ranks(n, q);
      // The interval [x_low, x_high] misses where at most `low` or more than `high` values are
      // below.
      double missed_low = 0;
      double missed_high = 0;
      double pmf = std::pow(1 - q, static_cast<double>(n));
      double narrower_low = 0;
      for (std::uint64_t k = 0; k <= n; ++k) {
        missed_low += k <= ranks.low ? pmf : 0;
        narrower_low += k <= ranks.low + 1 ? pmf : 0;
        missed_high += k > ranks.high ? pmf : 0;
        pmf *= static_cast<double>(n - k) / static_cast<double>(k + 1) * q / (1 - q);
      }
      INFO("q " << q << " n " << n << " ranks " << ranks.low << " " << ranks.high);
      CHECK(missed_low <= 0.025 + 1e-12);
      CHECK(missed_high <= 0.025 + 1e-12);
      CHECK(narrower_low > 0.025 - 1e-12);
    }
  }
}

TEST_CASE("quantile intervals cover the true quantile about as often as they say") {
  for (const double q : {0.5, 0.9}) {
    const double truth = exp(0.5 * normal_quantile(q));
    int covered = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
      const auto x = sorted(test::lognormal_pair(seed, 60).before);
      covered += quantile_interval(x, q)->contains(truth) ? 1 : 0;
    }
    INFO("q " << q);
    CHECK(covered >= 940);
    CHECK(covered <= 995);
  }
}

}  // namespace
}  // namespace rehearse::stats
