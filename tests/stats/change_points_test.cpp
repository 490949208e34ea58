#include "harness/stats/change_points.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/stats/support.hpp"

namespace rehearse::stats {
namespace {

std::vector<double> series(std::uint64_t seed, std::size_t n, std::size_t change_at, double factor,
                           double sigma) {
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) {
    out.push_back((i < change_at ? 1.0 : factor) * (1 + sigma * test::normal(seed, i)));
  }
  return out;
}

TEST_CASE("a series that is empty, short or constant has no change point") {
  REQUIRE(change_points({}).empty());
  REQUIRE(change_points(std::vector<double>{1, 2, 3}).empty());
  REQUIRE(change_points(std::vector<double>(40, 7.0)).empty());
}

TEST_CASE("a step without any noise is found where it is, as in virtual time") {
  std::vector<double> values(12, 10.0);
  for (std::size_t i = 7; i < 12; ++i) {
    values[i] = 10.5;
  }
  const std::vector<ChangePoint> found = change_points(values);
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].at == 7);
  REQUIRE(found[0].change() == Approx(0.05));
}

TEST_CASE("a change in the last three runs is found at the first of them, one in the last is not") {
  std::vector<double> values = series(7, 20, 20, 1, 0.01);
  values.push_back(1.2);
  REQUIRE(change_points(values).empty());
  values.insert(values.end(), {1.19, 1.21});
  const std::vector<ChangePoint> found = change_points(values);
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].at == 20);
}

TEST_CASE("two steps and the way back are three levels") {
  std::vector<double> values = series(5, 60, 20, 1.2, 0.01);
  for (std::size_t i = 40; i < 60; ++i) {
    values[i] /= 1.2;
  }
  const std::vector<ChangePoint> found = change_points(values);
  REQUIRE(found.size() == 2);
  REQUIRE(found[0].at == 20);
  REQUIRE(found[1].at == 40);
}

TEST_CASE("a change below the least magnitude does not count") {
  const std::vector<double> values = series(3, 40, 20, 1.02, 0.001);
  REQUIRE(change_points(values).size() == 1);
  REQUIRE(change_points(values, {.magnitude = 0.05}).empty());
}

TEST_CASE("noise alone raises few alarms, a step of three standard deviations is found") {
  int alarms = 0;
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    alarms += change_points(series(seed, 50, 50, 1, 0.02)).empty() ? 0 : 1;
    const auto points = change_points(series(seed, 50, 30, 1.06, 0.02));
    found += points.size() == 1 && points[0].at >= 28 && points[0].at <= 32 ? 1 : 0;
  }
  INFO("alarms " << alarms << ", found " << found);
  REQUIRE(alarms <= 20);
  REQUIRE(found >= 380);
}

}  // namespace
}  // namespace rehearse::stats
