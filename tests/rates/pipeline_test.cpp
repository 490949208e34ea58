#include <catch2/catch.hpp>

#include <cmath>

#include "tests/rates/pipeline_trial.hpp"

// A spot check of reports/WHATIF_ERROR.md.

using namespace rehearse;

TEST_CASE("what-if on unseen random pipelines agrees with HTTP") {
  for (const std::uint64_t seed : {11U, 12U, 13U}) {
    CAPTURE(seed);
    rates::TrialOptions options;
    options.seed = seed;
    options.jobs = 30;
    options.speed = 10;
    options.plays = 1;
    const auto trial = rates::try_pipeline(options);
    INFO((trial ? "" : trial.error().text()));
    REQUIRE(trial);
    CHECK(std::abs(trial->paired[0]) < 0.1);
  }
}

TEST_CASE("a 90% interval of a prediction covers about 90% of further plays") {
  int covered = 0;
  int all = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    rates::TrialOptions options;
    options.seed = seed;
    options.jobs = 40;
    options.concurrency = 4;
    const auto trial = rates::try_intervals(options);
    REQUIRE(trial);
    for (const bool one : trial->covered) {
      covered += one ? 1 : 0;
      ++all;
    }
  }
  const double share = static_cast<double>(covered) / all;
  CAPTURE(share);
  CHECK(share > 0.85);  // 450 that hang together in threes: ± 5% at 99%
  CHECK(share < 0.95);
}

TEST_CASE("a random pipeline's variant always changes something") {
  rates::TrialOptions options;
  options.seed = 1620;  // draws the model that it has
  options.jobs = 2;
  options.plays = 1;
  CHECK(rates::try_intervals(options));
}
