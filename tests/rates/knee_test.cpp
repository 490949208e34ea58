#include <catch2/catch.hpp>

#include <cmath>

#include "tests/rates/known_knee.hpp"

// A few systems of each family that reports/KNEE_RATES.md is about. Fixed seeds: what is found is
// the same everywhere, so these bounds hold always or never.

using namespace rehearse::test;

TEST_CASE("the largest load is found near the known knee, in at most 12 probes") {
  int covered = 0;
  int tried = 0;
  for (const unsigned family : {0U, 2U, 5U}) {
    for (std::uint64_t n = 0; n < 2; ++n) {
      const KnownSystem system = known_system(family, n);
      const KneeTrial trial = try_knee(system, 1000 + n);
      CAPTURE(system.family, n, trial.truth, trial.estimate, trial.interval.low,
              trial.interval.high);
      CHECK(trial.found);
      CHECK(trial.probes <= 12);
      CHECK(std::abs(trial.estimate / trial.truth - 1) < 0.06);
      CHECK(trial.interval.low < trial.estimate);
      CHECK(trial.estimate < trial.interval.high);
      covered += trial.covered ? 1 : 0;
      ++tried;
    }
  }
  CHECK(covered >= tried - 2);
}

TEST_CASE("the knee of a limit just past full lies in its interval") {
  // Systems whose three loads reached below the bend, where nothing is refused.
  for (const std::uint64_t n : {5004U, 5058U, 5063U}) {
    const KnownSystem system = known_system(3, n);
    const KneeTrial trial = try_knee(system, 1 + n);
    CAPTURE(n, trial.truth, trial.estimate, trial.interval.low, trial.interval.high);
    CHECK(trial.covered);
    CHECK(std::abs(trial.estimate / trial.truth - 1) < 0.01);
  }
}

TEST_CASE("users of a closed network: the knee is that of exact mean value analysis") {
  const KnownSystem system = known_system(4, 3);
  const KneeTrial trial = try_knee(system, 7);
  CAPTURE(trial.truth, trial.estimate, trial.interval.low, trial.interval.high);
  CHECK(trial.found);
  CHECK(trial.estimate == std::floor(trial.estimate));
  CHECK(std::abs(trial.estimate / trial.truth - 1) < 0.03);
}

TEST_CASE("the same seed finds the same knee") {
  const KnownSystem system = known_system(5, 4);
  const KneeTrial one = try_knee(system, 3);
  const KneeTrial other = try_knee(system, 3);
  CHECK(one.estimate == other.estimate);
  CHECK(one.interval == other.interval);
}
