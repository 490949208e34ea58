#include <catch2/catch.hpp>
#include <string>

#include "harness/stats/change.hpp"
#include "tests/stats/support.hpp"

// How often the verdicts of whole comparisons are wrong, by simulation from fixed seeds. Small
// cells: the published tables are made elsewhere from thousands of pairs.
namespace rehearse::stats {
namespace {

struct Tally {
  int rows = 0;
  int missed = 0;  // intervals without the true change
  int changed = 0;
  int same = 0;
  int regressed = 0;
};

Tally tally(int trials, std::size_t n, Statistic statistic, bool paired,
            test::PairOptions options) {
  Tally out;
  const Statistic statistics[] = {statistic};
  const double truth = options.factor - 1;
  for (int t = 1; t <= trials; ++t) {
    const auto seed = static_cast<std::uint64_t>(t);
    const Resampling luck(seed, 400);
    const test::Pair s = test::lognormal_pair(seed, n, options);
    const Change row =
        compare_samples(s.before, s.after, statistics, luck, {.paired = paired}).front();
    ++out.rows;
    out.missed += row.interval && row.interval->contains(truth) ? 0 : 1;
    out.same += row.verdict == Verdict::Same ? 1 : 0;
    out.regressed += row.verdict == Verdict::Regressed ? 1 : 0;
    out.changed += row.verdict == Verdict::Regressed || row.verdict == Verdict::Improved ? 1 : 0;
  }
  return out;
}

TEST_CASE("runs without a change raise at most 5% false alarms and intervals cover 93%") {
  struct Cell {
    std::size_t n;
    Statistic statistic;
    bool paired;
    double slow;
  };
  const Cell cells[] = {
      {5, Statistic::mean(), false, 0},          {20, Statistic::mean(), false, 0.05},
      {6, Statistic::mean(), true, 0.05},        {36, Statistic::mean(), true, 0.05},
      {6, Statistic::quantile(0.5), false, 0},   {72, Statistic::quantile(0.95), false, 0.05},
      {40, Statistic::quantile(0.9), true, 0},   {72, Statistic::quantile(0.95), true, 0.05},
      {6, Statistic::location(), true, 0.05},    {10, Statistic::location(), false, 0.05},
      {368, Statistic::quantile(0.99), true, 0}, {600, Statistic::mean(), true, 0.05},
  };
  for (const Cell& cell : cells) {
    const Tally found = tally(400, cell.n, cell.statistic, cell.paired,
                              {.shared = cell.paired ? 0.9 : 0, .slow = cell.slow});
    INFO(cell.statistic.text() << " n " << cell.n << " paired " << cell.paired << " slow "
                               << cell.slow << ": missed " << found.missed << ", alarms "
                               << found.changed << " of " << found.rows);
    CHECK(found.changed <= 28);  // 5% + 2 standard errors, and rounding
    CHECK(found.missed <= 36);   // 7% + 2 standard errors
  }
}

TEST_CASE("20 pairs at correlation .9 find +20% in at least 97% of cases") {
  const Tally found =
      tally(400, 20, Statistic::location(), true, {.sigma = 0.4, .shared = 0.9, .factor = 1.2});
  INFO("found " << found.regressed);
  CHECK(found.regressed >= 388);
}

TEST_CASE("20 pairs at correlation .98 without a change are the same in at least 99%") {
  const Tally found = tally(400, 20, Statistic::location(), true, {.sigma = 0.4, .shared = 0.98});
  INFO("same " << found.same);
  CHECK(found.same >= 396);
}

TEST_CASE("5,000 pairs with common luck find 5% at every quantile") {
  for (const double q : {0.5, 0.9, 0.95, 0.99}) {
    const Statistic statistics[] = {Statistic::quantile(q)};
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const test::Pair s =
          test::lognormal_pair(seed, 5000, {.sigma = 0.3, .shared = 0.99, .factor = 1.05});
      const Change row = compare_samples(s.before, s.after, statistics, Resampling(seed, 1000),
                                         {.paired = true, .tolerance = 0.02})
                             .front();
      found += row.verdict == Verdict::Regressed ? 1 : 0;
    }
    INFO("q " << q << " found " << found);
    CHECK(found == 20);
  }
}

}  // namespace
}  // namespace rehearse::stats
