#include "harness/stats/batch_means.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/stats/support.hpp"

namespace rehearse::stats {
namespace {

// Response times of an M/M/1 queue of service mean 1 (Lindley 1952), after a warm-up.
std::vector<double> mm1(std::uint64_t seed, double load, std::size_t n) {
  constexpr std::size_t kWarmUp = 3000;
  std::vector<double> out;
  double wait = 0;
  for (std::size_t i = 0; i < kWarmUp + n; ++i) {
    const double service = -ln(test::uniform(seed, i, 0));
    if (i >= kWarmUp) {
      out.push_back(wait + service);
    }
    wait = std::max(0.0, wait + service + ln(test::uniform(seed, i, 1)) / load);
  }
  return out;
}

TEST_CASE("ten independent batches stay ten, correlated ones become five or none") {
  std::vector<double> independent;
  std::vector<double> trend;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    independent.push_back(test::uniform(1, i));
    trend.push_back(static_cast<double>(i));
  }
  CHECK(batches_of(independent)->values.size() == 10);
  CHECK(!batches_of(std::vector<double>(9, 1.0)));
  CHECK(batches_of(std::vector<double>(12, 1.0))->values.size() == 5);
  CHECK(!batches_of({}));
  // A trend stays correlated at any length; this wave only between tenths, not between fifths.
  CHECK(!batches_of(trend));
  std::vector<double> wave;
  for (const double level : {1.0, 1.2, 2.0, 2.0, 1.2, 1.0, 1.0, 1.2, 2.0, 2.0}) {
    wave.insert(wave.end(), 100, level);
  }
  CHECK(batches_of(wave)->values.size() == 5);
  CHECK(batches_of(wave)->whole == Approx(1.46));
}

TEST_CASE("lag-1 autocorrelation is that of the definition") {
  CHECK(lag1_autocorrelation(std::vector<double>{1, 2, 3, 4}) == Approx(0.25));
  CHECK(lag1_autocorrelation(std::vector<double>{1, -1, 1, -1}) == Approx(-0.75));
  CHECK(lag1_autocorrelation(std::vector<double>{5, 5, 5}) == 0);
  CHECK(lag1_autocorrelation({}) == 0);
}

TEST_CASE("independent values count themselves, correlated ones by their correlation time") {
  std::vector<double> independent;
  std::vector<double> ar1;
  double state = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    independent.push_back(test::uniform(7, i));
    state = 0.9 * state + test::normal(8, i);
    ar1.push_back(state);
  }
  CHECK(independent_values(independent) > 700);  // of 1000 means of neighbours
  CHECK(independent_values(independent) <= 1000);
  CHECK(independent_values(std::span(independent).first(500)) > 250);
  // n (1 - r) / (1 + r) (Geyer 1992): 1053 of 20,000, though the first 100 pass for more than their
  // 5.
  CHECK(independent_values(ar1) > 500);
  CHECK(independent_values(std::span(ar1).first(1000)) < 120);
  CHECK(independent_values(std::span(ar1).first(100)) < kFewestIndependent);
  // M/M/1 at 90% load: n (2 - r) (1 - r)^2 / (2 + 5r - 4r^2 + r^3) = n / 363.
  const auto busy = mm1(3, 0.9, 10'000);
  CHECK(independent_values(busy) < kFewestIndependent);
  CHECK(independent_values(std::span(busy).first(100)) < 20);
  CHECK(independent_values(std::vector<double>(50, 2.0)) == 50);
  CHECK(independent_values(std::vector<double>{1}) == 1);
  CHECK(independent_values({}) == 0);
}

TEST_CASE("a wider effect keeps its estimate, and its p-value says the same as its interval") {
  CHECK(batch_widening(1000, 10) == Approx(std::sqrt(1.03)));
  CHECK(batch_widening(60, 10) == Approx(std::sqrt(1.5)));
  // 1.96 standard errors of 0.05: p = 0.0500.
  const Effect found{0.098, {0, 0.196}, {0.0157, 0.1803}, 0.05};
  const Effect same = widened(found, 1);
  CHECK(same.confidence.low == Approx(0).margin(1e-15));
  CHECK(same.p_value == Approx(0.05).epsilon(1e-6));
  const Effect wide = widened(found, 2);
  CHECK(wide.estimate == 0.098);
  CHECK(wide.confidence.low == Approx(-0.098));
  CHECK(wide.confidence.high == Approx(0.294));
  CHECK(wide.p_value == Approx(0.3271).epsilon(1e-3));  // 2 (1 - Phi(0.98))
  CHECK(widened({0, {0, 0}, {0, 0}, 1}, 2).p_value == 1);
}

TEST_CASE("batch intervals are Student's") {
  // Ten batches of two equal values 1..10: mean 5.5, deviation 3.0277, t(9) = 2.2622.
  Batches b{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 5.5, 0};
  const Interval found = batch_interval(b);
  CHECK(found.high - 5.5 == Approx(2.26215716 * 3.02765035 / std::sqrt(10.0)).epsilon(1e-7));
  const Batches constant{{2, 2, 2, 2, 2}, 2, 0};
  CHECK(batch_interval(constant) == Interval{2, 2});
  CHECK(batch_ratio(constant, constant).confidence == Interval{0, 0});
  CHECK(batch_ratio(constant, constant).p_value == 1);
}

TEST_CASE("two runs of one queue at 80% load are told apart in about 5% of cases") {
  int alarms_mean = 0;
  int alarms_p95 = 0;
  int refused = 0;
  constexpr int kTrials = 200;
  for (std::uint64_t seed = 1; seed <= kTrials; ++seed) {
    const auto a = mm1(seed, 0.8, 8000);
    const auto b = mm1(seed + 10'000, 0.8, 8000);
    const auto mean_a = batches_of(a);
    const auto mean_b = batches_of(b);
    const auto p95_a = batches_of(a, {.quantile = 0.95});
    const auto p95_b = batches_of(b, {.quantile = 0.95});
    if (!mean_a || !mean_b || !p95_a || !p95_b) {
      ++refused;
      continue;
    }
    alarms_mean += batch_ratio(*mean_a, *mean_b).confidence.contains(0) ? 0 : 1;
    alarms_p95 += batch_ratio(*p95_a, *p95_b).confidence.contains(0) ? 0 : 1;
  }
  // 5% + 2 standard errors is 16.2 of 200.
  CHECK(alarms_mean <= 16);
  CHECK(alarms_p95 <= 16);
  CHECK(refused <= 40);
}

TEST_CASE("MSER-5 cuts a cold start, little of a steady series and never over a quarter") {
  std::vector<double> cold;
  std::vector<double> steady;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const double value = exp(0.2 * test::normal(4, i));
    steady.push_back(value);
    cold.push_back(value * (1 + 4 * exp(-static_cast<double>(i) / 20)));
  }
  CHECK(mser5(cold) >= 40);
  CHECK(mser5(cold) <= 125);
  CHECK(mser5(steady) <= 50);
  CHECK(mser5({}) == 0);
  CHECK(mser5(std::vector<double>(19, 1.0)) == 0);
  CHECK(mser5(std::vector<double>(100, 1.0)) == 0);
}

}  // namespace
}  // namespace rehearse::stats
