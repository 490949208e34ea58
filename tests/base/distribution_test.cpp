#include "harness/base/distribution.hpp"

#include <boost/math/distributions/gamma.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "harness/base/rng.hpp"

namespace rehearse {
namespace {

// The mean of 200,000 evenly spaced draws: no luck involved.
double measured_mean(const Distribution& d) {
  double sum = 0;
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    sum += d.quantile((i + 0.5) / kDraws);
  }
  return sum / kDraws;
}

TEST_CASE("each distribution has the quantiles that its parameters name") {
  CHECK(Distribution().quantile(0.3) == 0);
  CHECK(Distribution::constant(4).quantile(0.99) == 4);
  CHECK(Distribution::typical(5, 0.1).quantile(0.5) == Approx(5).epsilon(1e-14));
  const auto range = Distribution::between(200, 420);
  CHECK(range.quantile(0.05) == Approx(200).epsilon(1e-12));
  CHECK(range.quantile(0.95) == Approx(420).epsilon(1e-12));
  CHECK(Distribution::uniform(1, 3).quantile(0.25) == 1.5);
  CHECK(Distribution::exponential(2).quantile(0.5) == Approx(2 * std::log(2.0)).epsilon(1e-14));
}

TEST_CASE("the stated mean is the mean of the draws") {
  const Distribution all[] = {
      Distribution::constant(4),
      Distribution::typical(5, 0.5),
      Distribution::between(1, 3),
      Distribution::uniform(1, 3),
      Distribution::exponential(2),
      Distribution::gamma(0.8, 0.7),
      Distribution::gamma(3, 2.5),
      *Distribution::quantiles({{0.05, 1}, {0.5, 2}, {0.95, 9}}),
      *Distribution::mixture({{19, Distribution::typical(1, 0.3)}, {1, Distribution::constant(9)}}),
      *Distribution::empirical({3, 1, 2, 2, 8}),
      Distribution::typical(5, 0.5).clamped(4, 6),
      Distribution::exponential(2).clamped(0, 3),
  };
  for (const Distribution& d : all) {
    INFO(d.text());
    CHECK(d.mean() == Approx(measured_mean(d)).epsilon(2e-3));
    CHECK(d.scaled(3).mean() == Approx(3 * d.mean()).epsilon(1e-12));
  }
}

TEST_CASE("every distribution is monotone in its uniform, but for mixtures") {
  const Distribution all[] = {
      Distribution::typical(5, 0.5),
      Distribution::gamma(1, 0.3),
      Distribution::gamma(1, 3),
      *Distribution::quantiles({{0, 0}, {0.5, 2}, {1, 9}}),
      *Distribution::empirical({3, 1, 2, 2, 8}),
  };
  for (const Distribution& d : all) {
    INFO(d.text());
    double last = -1;
    for (int i = 0; i < 10'000; ++i) {
      const double value = d.quantile((i + 0.5) / 10'000);
      REQUIRE(value >= last);
      last = value;
    }
  }
}

TEST_CASE("gamma tables follow Boost.Math's quantiles far into both tails") {
  for (const double cv : {0.05, 0.3, 0.7, 1.0, 1.5, 3.0}) {
    const double shape = 1 / (cv * cv);
    const boost::math::gamma_distribution<> exact(shape, 2 / shape);
    const Distribution table = Distribution::gamma(2, cv);
    for (const double p :
         {1e-5, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.777, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.999999}) {
      INFO("cv " << cv << " p " << p);
      // Far below, where shape < 1, values are near 0 and only their size on the mean's scale
      // matters.
      CHECK(table.quantile(p) ==
            Approx(boost::math::quantile(exact, p)).epsilon(5e-3).margin(1e-4));
    }
    CHECK(table.mean() == 2);
    CHECK(measured_mean(table) == Approx(2).epsilon(2e-3));
  }
}

TEST_CASE("scaling multiplies every quantile, clamps included") {
  const Distribution all[] = {Distribution::constant(4),
                              Distribution::typical(5, 0.5),
                              Distribution::uniform(1, 3),
                              Distribution::exponential(2),
                              Distribution::gamma(1, 0.5),
                              *Distribution::empirical({3, 1, 8}),
                              Distribution::exponential(2).clamped(1, 3)};
  for (const Distribution& d : all) {
    for (const double u : {0.001, 0.3, 0.5, 0.97}) {
      INFO(d.text() << " u " << u);
      CHECK(d.scaled(2.5).quantile(u) == Approx(2.5 * d.quantile(u)).epsilon(1e-12));
    }
  }
}

TEST_CASE("a mixture draws its components in their shares") {
  const auto mixed = *Distribution::mixture({{3, Distribution::constant(1)},
                                             {1, Distribution::constant(2)},
                                             {0, Distribution::constant(99)}});
  int ones = 0;
  for (int i = 0; i < 1000; ++i) {
    const double value = mixed.quantile((i + 0.5) / 1000);
    REQUIRE((value == 1 || value == 2));
    ones += value == 1 ? 1 : 0;
  }
  CHECK(ones == 750);
}

TEST_CASE("an empirical distribution gives back its own quantiles, also when thinned") {
  std::vector<double> values;
  for (int i = 1; i <= 50'000; ++i) {
    values.push_back(i);
  }
  const auto d = *Distribution::empirical(values);
  for (const double u : {0.0001, 0.01, 0.3, 0.5, 0.9, 0.99, 0.9999}) {
    CHECK(d.quantile(u) == Approx(50'000 * u).epsilon(2e-3).margin(1));
  }
  CHECK(d.quantile(0.9999999) == 50'000);
}

TEST_CASE("degenerate parameters become constants and bad ones errors") {
  CHECK(Distribution::typical(5, 0).is_constant());
  CHECK(Distribution::typical(0, 1).is_zero());
  CHECK(Distribution::between(3, 3).is_constant());
  CHECK(Distribution::uniform(2, 2).is_constant());
  CHECK(Distribution::exponential(0).is_zero());
  CHECK(Distribution::empirical({7, 7, 7})->is_constant());
  CHECK(!Distribution::quantiles({{0.5, 1}}).ok());
  CHECK(!Distribution::quantiles({{0.5, 1}, {0.4, 2}}).ok());
  CHECK(!Distribution::quantiles({{0.5, 2}, {0.6, 1}}).ok());
  CHECK(!Distribution::quantiles({{0.5, 2}, {1.6, 3}}).ok());
  CHECK(!Distribution::quantiles({{0.5, -2}, {0.6, 3}}).ok());
  CHECK(!Distribution::quantiles({{0.5, 1}, {0.6, std::nan("")}}).ok());
  CHECK(!Distribution::mixture({}).ok());
  CHECK(!Distribution::mixture({{0, Distribution::constant(1)}}).ok());
  CHECK(!Distribution::mixture({{-1, Distribution::constant(1)}}).ok());
  CHECK(!Distribution::mixture({{INFINITY, Distribution::constant(1)}}).ok());
  CHECK(!Distribution::empirical({}).ok());
  CHECK(!Distribution::empirical({-1, std::nan("")}).ok());
}

}  // namespace
}  // namespace rehearse
