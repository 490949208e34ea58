#include "harness/stats/change.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <thread>

#include "tests/stats/support.hpp"

namespace rehearse::stats {
namespace {

const Resampling& luck() {
  static const Resampling shared(1, 2000);
  return shared;
}

std::vector<Change> compare(const std::vector<double>& before, const std::vector<double>& after,
                            ChangeOptions options = {}) {
  auto statistics = usual_statistics();
  statistics.push_back(Statistic::location());
  return compare_samples(before, after, statistics, luck(), options);
}

void check_finite(const Change& row) {
  for (const auto& value : {row.before, row.after, row.change, row.p_value}) {
    CHECK((!value || std::isfinite(*value)));
  }
  CHECK((!row.interval || (std::isfinite(row.interval->low) && std::isfinite(row.interval->high))));
}

TEST_CASE("identical samples are the same at any size, paired or not") {
  for (const std::size_t n : {1u, 2u, 5u, 6u, 40u, 400u}) {
    const auto x = test::lognormal_pair(1, n).before;
    for (const bool paired : {true, false}) {
      for (const Change& row : compare(x, x, {.paired = paired})) {
        INFO(row.statistic << " n " << n);
        CHECK(row.verdict == Verdict::Same);
        CHECK(*row.change == 0);
        CHECK(*row.interval == Interval{0, 0});
      }
    }
  }
}

TEST_CASE("below its floor a quantile is not shown and says how many samples it needs") {
  const auto s = test::lognormal_pair(2, 40);
  const auto rows = compare(s.before, s.after);
  REQUIRE(rows.size() == 6);
  CHECK(rows[0].before);
  CHECK(rows[1].interval);
  CHECK(rows[2].statistic == "p90");
  CHECK(rows[2].interval);
  CHECK(rows[3].statistic == "p95");
  CHECK(!rows[3].before);
  CHECK(!rows[3].interval);
  CHECK(rows[3].verdict == Verdict::Inconclusive);
  CHECK(rows[3].note == "needs 72 samples, found 40");
  CHECK(rows[3].more_samples == 32);
  CHECK(rows[4].note == "needs 368 samples, found 40");
}

TEST_CASE("a mean under its floor is shown without an interval") {
  const auto rows = compare({2, 4}, {3, 6});
  CHECK(*rows[0].before == 3);
  CHECK(*rows[0].change == Approx(0.5));
  CHECK(!rows[0].interval);
  CHECK(rows[0].verdict == Verdict::Inconclusive);
}

TEST_CASE("degenerate samples never give NaN") {
  const std::vector<std::vector<double>> samples{{},
                                                 {0},
                                                 {5},
                                                 std::vector<double>(50, 0.0),
                                                 std::vector<double>(50, 5.0),
                                                 std::vector<double>(400, 1e-300),
                                                 std::vector<double>(400, 1e299),
                                                 test::lognormal_pair(1, 50).before,
                                                 {std::nan(""), 1, 2},
                                                 {-1, 2, 3},
                                                 {INFINITY}};
  for (const auto& before : samples) {
    for (const auto& after : samples) {
      for (const bool paired : {true, false}) {
        for (const Change& row : compare(before, after, {.paired = paired})) {
          check_finite(row);
        }
      }
    }
  }
}

TEST_CASE("constants are compared exactly") {
  const auto worse = compare(std::vector<double>(400, 2.0), std::vector<double>(400, 3.0));
  const auto near = compare(std::vector<double>(400, 2.0), std::vector<double>(400, 2.1));
  for (const Change& row : worse) {
    INFO(row.statistic);
    CHECK(row.verdict == Verdict::Regressed);
    CHECK(row.beyond_tolerance);
    CHECK(*row.change == Approx(0.5));
    CHECK(row.interval->low == Approx(0.5));
  }
  for (const Change& row : near) {
    CHECK(row.verdict == Verdict::Same);
  }
}

TEST_CASE("a metric that was zero has no ratio but still a verdict") {
  const std::vector<double> zero(400, 0.0);
  const std::vector<double> some(400, 0.02);
  for (const bool paired : {true, false}) {
    for (const Change& row : compare(zero, some, {.paired = paired})) {
      INFO(row.statistic << " " << row.method);
      CHECK(row.verdict == Verdict::Regressed);
      CHECK(!row.change);
      CHECK(!row.note.empty());
    }
    for (const Change& row : compare(some, zero, {.paired = paired})) {
      INFO(row.statistic << " " << row.method);
      CHECK(row.verdict == Verdict::Improved);
      CHECK(*row.change == Approx(-1));
    }
  }
}

TEST_CASE("throughput improves upwards") {
  const auto s = test::lognormal_pair(3, 2000, {.shared = 0.9, .factor = 1.3});
  CHECK(compare(s.before, s.after, {.paired = true}).front().verdict == Verdict::Regressed);
  CHECK(compare(s.before, s.after, {.paired = true, .better = Better::Higher}).front().verdict ==
        Verdict::Improved);
}

TEST_CASE("threads that share the luck get the same bits as one alone") {
  const auto s = test::lognormal_pair(4, 1000, {.factor = 1.05});
  const Resampling shared(7, 1000);
  const auto alone =
      compare_samples(s.before, s.after, usual_statistics(), Resampling(7, 1000), {.paired = true});
  std::vector<std::vector<Change>> found(4);
  std::vector<std::thread> threads;
  for (auto& rows : found) {
    threads.emplace_back([&] {
      rows = compare_samples(s.before, s.after, usual_statistics(), shared, {.paired = true});
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const auto& rows : found) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK(rows[i].interval == alone[i].interval);
      CHECK(rows[i].p_value == alone[i].p_value);
    }
  }
}

TEST_CASE("rates compare by their difference") {
  CHECK(compare_rates({0, 1000}, {0, 1000}).verdict == Verdict::Same);
  CHECK(compare_rates({10, 1000}, {60, 1000}).verdict == Verdict::Regressed);
  CHECK(compare_rates({60, 1000}, {10, 1000}).verdict == Verdict::Improved);
  const Change few = compare_rates({0, 20}, {1, 20});
  CHECK(few.verdict == Verdict::Inconclusive);
  CHECK(few.more_samples > 0);
  CHECK(compare_rates({0, 0}, {1, 20}).verdict == Verdict::Inconclusive);
  CHECK(*compare_rates({10, 1000}, {60, 1000}).change == Approx(0.05));
}

TEST_CASE("statistics have the names that reports print") {
  CHECK(Statistic::quantile(0.5).text() == "p50");
  CHECK(Statistic::quantile(0.57).text() == "p57");
  CHECK(Statistic::quantile(0.999).text() == "p99.9");
  CHECK(Statistic::mean().text() == "mean");
  CHECK(Statistic::location().floor(false, 0.05) == 4);
  CHECK(Statistic::location().floor(true, 0.05) == 6);
}

}  // namespace
}  // namespace rehearse::stats
