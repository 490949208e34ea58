#include "harness/stats/sequential.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "tests/stats/support.hpp"

namespace rehearse::stats {
namespace {

std::vector<double> equal_steps(int looks) {
  std::vector<double> sizes;
  for (int i = 1; i <= looks; ++i) {
    sizes.push_back(i);
  }
  return sizes;
}

TEST_CASE("one look tests at alpha itself") {
  const std::vector<double> one{17};
  REQUIRE(look_level(one) == Approx(0.05).margin(1e-6));
  REQUIRE(look_level(one, 0.01) == Approx(0.01).margin(1e-6));
}

TEST_CASE("equal steps give the levels of Pocock's table 1 (Biometrika 1977)") {
  const std::pair<int, double> published[] = {
      {2, 0.0294}, {3, 0.0221}, {4, 0.0182}, {5, 0.0158}, {10, 0.0106}};
  for (const auto& [looks, level] : published) {
    INFO(looks << " looks");
    REQUIRE(look_level(equal_steps(looks)) == Approx(level).margin(0.00006));
  }
}

TEST_CASE(
    "doubling sample sizes need a stricter level than equal steps, and less than Bonferroni") {
  const std::vector<double> doubling{10, 20, 40, 80, 160};
  const double level = look_level(doubling);
  REQUIRE(level < 0.0158);
  REQUIRE(level > 0.01);
  REQUIRE(chance_of_any(doubling, level) == Approx(0.05).margin(1e-4));
}

TEST_CASE("looking at growing samples of nothing raises alpha false alarms") {
  const std::vector<double> sizes{8, 16, 32, 64, 128};
  const double bound = normal_quantile(1 - look_level(sizes) / 2);
  const int trials = 4000;
  int alarms = 0;
  for (std::uint64_t t = 1; t <= trials; ++t) {
    double sum = 0;
    std::size_t look = 0;
    for (std::uint64_t n = 1; n <= 128 && look < sizes.size(); ++n) {
      sum += test::normal(t, n);
      if (static_cast<double>(n) == sizes[look]) {
        if (std::fabs(sum) > bound * std::sqrt(sizes[look])) {
          ++alarms;
          break;
        }
        ++look;
      }
    }
  }
  INFO(alarms << " of " << trials);
  REQUIRE(alarms > 160);  // 200 expected, standard error 14
  REQUIRE(alarms < 240);
}

}  // namespace
}  // namespace rehearse::stats
