#include "harness/base/math.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/next.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "harness/base/rng.hpp"

namespace rehearse {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Distance in units of the last place from the true value, given in long double.
double ulps(double found, long double truth) {
  const auto rounded = static_cast<double>(truth);
  if (found == rounded) {
    return 0;
  }
  const long double unit = boost::math::float_next(std::fabs(rounded)) - std::fabs(rounded);
  return static_cast<double>(std::fabs(static_cast<long double>(found) - truth) / unit);
}

double uniform(std::uint64_t i, std::uint32_t index = 0) {
  return DrawKey{.seed = 11, .job = i}.uniform(Dimension::Content, index);
}

TEST_CASE("ln is within 2 ulp over all magnitudes") {
  double worst = 0;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const double wide = std::ldexp(1 + uniform(i), static_cast<int>(2000 * uniform(i, 1)) - 1000);
    const double near = 1 + (uniform(i, 2) - 0.5) * std::ldexp(1.0, -static_cast<int>(i % 50));
    worst = std::max(worst, ulps(ln(wide), std::log(static_cast<long double>(wide))));
    worst = std::max(worst, ulps(ln(near), std::log(static_cast<long double>(near))));
  }
  INFO("worst " << worst);
  CHECK(worst <= 2);
}

TEST_CASE("ln of the edges") {
  CHECK(ln(1) == 0);
  CHECK(ln(0) == -kInfinity);
  CHECK(std::isnan(ln(-1)));
  CHECK(std::isnan(ln(std::nan(""))));
  CHECK(ln(kInfinity) == kInfinity);
  CHECK(ulps(ln(5e-324), std::log(static_cast<long double>(5e-324))) <= 2);
  CHECK(ulps(ln(std::numeric_limits<double>::max()),
             std::log(static_cast<long double>(std::numeric_limits<double>::max()))) <= 2);
}

TEST_CASE("exp is within 2 ulp over its whole range") {
  double worst = 0;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const double wide = -708 + 1417 * uniform(i);
    const double near = (uniform(i, 1) - 0.5) * std::ldexp(1.0, -static_cast<int>(i % 50));
    worst = std::max(worst, ulps(exp(wide), std::exp(static_cast<long double>(wide))));
    worst = std::max(worst, ulps(exp(near), std::exp(static_cast<long double>(near))));
  }
  INFO("worst " << worst);
  CHECK(worst <= 2);
}

TEST_CASE("exp of the edges") {
  CHECK(exp(0) == 1);
  CHECK(exp(-kInfinity) == 0);
  CHECK(exp(kInfinity) == kInfinity);
  CHECK(exp(710) == kInfinity);
  CHECK(std::isfinite(exp(709.78)));
  CHECK(exp(-746) == 0);
  CHECK(exp(-745) > 0);
  CHECK(exp(-720) == Approx(std::exp(-720)).epsilon(1e-9));
  CHECK(std::isnan(exp(std::nan(""))));
}

TEST_CASE("the normal quantile agrees with Boost.Math's to a part in 1e15") {
  const boost::math::normal_distribution<long double> normal;
  double worst = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const double u = uniform(i);
    const double tail = std::ldexp(u, -static_cast<int>(i % 1000));
    for (const double p : {u, tail, 1 - 0.01 * u}) {
      const auto truth =
          static_cast<double>(boost::math::quantile(normal, static_cast<long double>(p)));
      const double error = std::fabs(normal_quantile(p) - truth) / std::max(std::fabs(truth), 1e-3);
      worst = std::max(worst, error);
    }
  }
  INFO("worst " << worst);
  CHECK(worst <= 2e-15);
  CHECK(normal_quantile(0.5) == 0);
  CHECK(normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-15));
  CHECK(normal_quantile(0.25) == -normal_quantile(0.75));
}

TEST_CASE("the normal distribution function agrees with erfc and undoes the quantile") {
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const double x = 18 * uniform(i) - 9;
    const double p = normal_cdf(x);
    REQUIRE(p > 0);
    REQUIRE(p < 1);
    if (std::fabs(x) < 8) {
      const double truth = std::erfc(-x / std::sqrt(2.0)) / 2;
      REQUIRE(std::fabs(p - truth) <= 1e-15 + 1e-10 * std::min(truth, 1 - truth));
    }
    const double u = uniform(i, 1);
    REQUIRE(normal_cdf(normal_quantile(u)) == Approx(u).epsilon(1e-11));
  }
}

TEST_CASE("the functions never fall as their argument grows") {
  double last_ln = -kInfinity;
  double last_exp = 0;
  double last_normal = -kInfinity;
  double x = 0.3;
  for (int i = 0; i < 200'000; ++i) {
    x += 3e-6;
    REQUIRE(ln(x) >= last_ln);
    REQUIRE(exp(x) >= last_exp);
    last_ln = ln(x);
    last_exp = exp(x);
    if (x < 1) {
      REQUIRE(normal_quantile(x) >= last_normal);
      last_normal = normal_quantile(x);
    }
  }
}

}  // namespace
}  // namespace rehearse
