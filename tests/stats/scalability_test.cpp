#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "harness/stats/pareto.hpp"
#include "harness/stats/scalability.hpp"

using namespace rehearse;

namespace {

std::vector<stats::ScalePoint> law(double lambda, double sigma, double kappa,
                                   std::initializer_list<double> at) {
  std::vector<stats::ScalePoint> out;
  for (const double n : at) {
    out.push_back({n, lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1))});
  }
  return out;
}

}  // namespace

TEST_CASE("the scalability law gives its own constants back, and its peak where it was seen") {
  const auto points = law(100, 0.05, 0.001, {1, 2, 4, 8, 16, 32, 64});
  const auto fit = stats::fit_scalability(points);
  REQUIRE(fit);
  CHECK(fit->lambda == Approx(100).epsilon(1e-6));
  CHECK(fit->sigma == Approx(0.05).epsilon(1e-6));
  CHECK(fit->kappa == Approx(0.001).epsilon(1e-6));
  CHECK(fit->worst < 1e-6);
  REQUIRE(fit->peak);
  CHECK(*fit->peak == Approx(std::sqrt(0.95 / 0.001)));
}

TEST_CASE("no peak is named outside the range that was tried") {
  const auto fit = stats::fit_scalability(law(100, 0.05, 0.001, {1, 2, 4, 8, 16}));
  REQUIRE(fit);
  CHECK_FALSE(fit->peak);
  CHECK_FALSE(fit->why_no_peak.empty());
  const auto straight = stats::fit_scalability(law(10, 0, 0, {1, 2, 3, 4}));
  REQUIRE(straight);
  CHECK(straight->sigma == Approx(0).margin(1e-9));
  CHECK_FALSE(straight->peak);
}

TEST_CASE("a system that gains more than it should is fitted by no negative constant") {
  auto points = law(10, 0, 0, {1, 2, 4, 8});
  points.back().throughput *= 1.3;
  const auto fit = stats::fit_scalability(points);
  REQUIRE(fit);
  CHECK(fit->sigma >= 0);
  CHECK(fit->kappa >= 0);
  CHECK(fit->worst > 0.1);
}

TEST_CASE("fewer than four different loads are no law") {
  CHECK_FALSE(stats::fit_scalability(law(10, 0.1, 0, {1, 2, 4})));
  CHECK_FALSE(stats::fit_scalability(law(10, 0.1, 0, {1, 2, 4, 4})));
}

TEST_CASE("the Pareto front holds what nothing beats") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::vector<double>> rows{{1, 5}, {2, 2},      {3, 3},   {2, 2},
                                              {5, 1}, {none, 0.5}, {1, none}};
  const std::vector<bool> front = stats::pareto_front(rows);
  CHECK(front == std::vector<bool>{true, true, false, true, true, true, false});
}
