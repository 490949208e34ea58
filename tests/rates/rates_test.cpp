#include <catch2/catch.hpp>

#include <cmath>

#include "tests/rates/cell.hpp"
#include "tests/rates/until_decided.hpp"
#include "tests/rates/virtual_trial.hpp"

// A few cells of the published grid, with binomial bounds: three standard errors and one, so that a
// right tool passes and a tool at twice the rate fails.
namespace rehearse::rates {
namespace {

using record::Pairing;

std::uint64_t most(std::uint64_t n, double rate) {
  const double size = static_cast<double>(n);
  return static_cast<std::uint64_t>(size * rate + 3 * std::sqrt(size * rate * (1 - rate)) + 1);
}

TEST_CASE("cells of the grid where nothing changed stay under their error rates") {
  struct Check {
    Cell cell;
    std::uint64_t pairs;
    double most_refused;
  };
  const Check checks[] = {
      {{{Law::Lognormal, 0.5}, 20, Pairing::Jobs, 0.9}, 400, 0},
      {{{Law::SlowMode, 0}, 30, Pairing::Unpaired, 0}, 300, 0},
      {{{Law::Pareto, 0}, 100, Pairing::Jobs, 0.9}, 200, 0},
      {{{Law::Mm1, 0.8}, 10'000, Pairing::Unpaired, 0}, 200, 0.5},
      {{{Law::Mm1, 0.9}, 10'000, Pairing::Batches, 0.9}, 200, 1},
      {{{Law::Mm1, 0.9}, 50'000, Pairing::Unpaired, 0}, 40, 0.4},
      {{{Law::Mm1, 0.9}, 20, Pairing::Seeds, 0.9}, 150, 0},
      {{{Law::Drift, 0.03}, 10, Pairing::Runs, 0}, 300, 0},
  };
  for (const Check& check : checks) {
    for (const Outcome& found : run_cell(check.cell, check.pairs)) {
      INFO(check.cell.name() << " " << found.statistic << ": " << found.alarms << " alarms, "
                             << found.missed << " missed, " << found.refused << " refused of "
                             << found.pairs);
      CHECK(found.alarms <= most(found.judged(), 0.05));
      CHECK(found.missed <= most(found.judged(), 0.07));
      CHECK(static_cast<double>(found.refused) <=
            check.most_refused * static_cast<double>(found.pairs));
    }
  }
}

TEST_CASE("a run that is short against its own queue gives no verdict") {
  for (const Pairing unit : {Pairing::Unpaired, Pairing::Batches}) {
    for (const Outcome& found : run_cell({{Law::Mm1, 0.9}, 100, unit, 0.9}, 200)) {
      CHECK(found.refused == found.pairs);
    }
  }
}

TEST_CASE("20 pairs at correlation .9 find +20% in at least 96% of cases") {
  for (const Outcome& found :
       run_cell({{Law::Lognormal, 0.4}, 20, Pairing::Jobs, 0.9, 1.2, 0.1}, 300)) {
    if (found.statistic == "location") {
      INFO(found.regressed);
      CHECK(found.regressed >= 288);
    }
  }
}

TEST_CASE("what an inconclusive verdict asks for decides in at least 70% of cases") {
  const MoreNeeded found =
      try_more({{Law::Lognormal, 0.4}, 20, Pairing::Jobs, 0.9, 1.04, 0.1}, 150);
  INFO(found.decided << " of " << found.inconclusive);
  REQUIRE(found.inconclusive > 30);
  CHECK(static_cast<double>(found.decided) >= 0.7 * static_cast<double>(found.inconclusive));
}

TEST_CASE("5% on one stage show on every quantile of 5,000 virtual jobs by 5 standard errors") {
  for (const char* statistic : {"p50", "p95", "p99"}) {
    INFO(statistic);
    CHECK(standard_errors(statistic) >= 5);
  }
}

TEST_CASE("gates over virtual runs catch +5% on the p95 and leave the unchanged alone") {
  GateTrial trial;
  const Tries calm = failing_gates(trial, 0, 20);
  CHECK(calm.hits <= 1);
  trial.factor = factor_for_p95(1.05, trial.jobs);
  const Tries caught = failing_gates(trial, 0, 20);
  INFO("factor " << trial.factor << ", caught " << caught.hits);
  CHECK(caught.hits >= 17);
}

TEST_CASE("the stage that was slowed down is named, with its code as the cause") {
  const Tries named = named_culprits(0, 8);
  CHECK(named.hits >= 7);
}

TEST_CASE("looking six times until decided raises no more alarms than looking once") {
  for (const bool shared : {true, false}) {
    const Tries alarms = decided_until({.shared = shared, .factor = 1}, 0, shared ? 60 : 20);
    INFO(alarms.hits << " of " << alarms.tries);
    CHECK(alarms.hits <= (shared ? 6U : 3U));
  }
  CHECK(decided_until({.shared = true, .factor = 1.2}, 0, 6).hits == 6);
}

}  // namespace
}  // namespace rehearse::rates
