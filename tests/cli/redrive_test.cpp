#include "harness/cli/redrive.hpp"

#include <catch2/catch.hpp>

#include "mocks/calibration/calibrate.hpp"
#include "tests/support/synthetic_calls.hpp"

using namespace rehearse;

namespace {

// Slow enough that a busy machine still keeps up.
calibration::Fidelity redriven(const calibration::CallTable& table, double speed,
                               std::size_t rounds) {
  const calibration::Halves halves = calibration::split_halves(table, 1);
  const auto model = calibration::fitted_model(halves.fitted, {"made", "2026-01-31", "a test"});
  REQUIRE(model.ok());
  cli::RedriveOptions options;
  options.speed = speed;
  options.rounds = rounds;
  const auto again = cli::redrive(*model, halves.held, options);
  REQUIRE(again.ok());
  CHECK(again->calls.size() == rounds * halves.held.size());
  return calibration::judge(halves.fitted.calls, halves.held, again->calls);
}

}  // namespace

TEST_CASE("every call of a re-drive is asked, answered and recorded as it was asked") {
  const calibration::CallTable table = test::bimodal_calls(60, 1);
  const calibration::Fidelity fidelity = redriven(table, 50, 2);
  REQUIRE(fidelity.cells.size() == 3);
  for (const calibration::Cell& cell : fidelity.cells) {
    CHECK(cell.held == 30);
    CHECK(cell.drawn == 60);
    CHECK_FALSE(cell.enough);
  }
}

// Timing over real sockets: `test_cli "[.fidelity]"` on a machine with nothing else to do.
TEST_CASE("cold starts, two modes and shared slow times fit over HTTP", "[.fidelity]") {
  std::size_t judged = 0;
  std::size_t passed = 0;
  for (const calibration::CallTable& table :
       {test::cold_start_calls(4'000, 1), test::bimodal_calls(4'000, 1),
        test::autocorrelated_calls(4'000, 1)}) {
    const calibration::Fidelity fidelity = redriven(table, 20, 1);
    WARN(calibration::fidelity_text(fidelity, 120));
    judged += fidelity.judged();
    passed += fidelity.passed();
    CHECK(fidelity.tails_passed() == fidelity.tails());
  }
  CHECK(static_cast<double>(passed) >= 0.93 * static_cast<double>(judged));
}
