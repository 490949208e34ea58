#include "mocks/calibration/calibrate.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "harness/base/rng.hpp"
#include "harness/stats/two_sample.hpp"
#include "mocks/calibration/draw.hpp"
#include "mocks/calibration/knots.hpp"
#include "mocks/calibration/read_timed_calls.hpp"
#include "tests/support/synthetic_calls.hpp"

using namespace rehearse;
using calibration::CallTable;
using calibration::Fidelity;

namespace {

const calibration::FitOptions kFit{"made", "2026-01-31", "a test"};

Fidelity measured(const CallTable& table, std::uint64_t seed = 1) {
  const auto fidelity = calibration::measure(table, kFit, seed);
  REQUIRE(fidelity.ok());
  return *fidelity;
}

}  // namespace

TEST_CASE("no call and one call: a clear error, and a profile of one value") {
  CHECK(calibration::fitted_model({}, kFit).error().what.find("no call was answered") == 0);
  CallTable one = test::bimodal_calls(1, 1);
  const auto model = calibration::fitted_model(one, kFit);
  REQUIRE(model.ok());
  const auto again = calibration::draw_calls(*model, one.calls, 3, 7);
  CHECK(again[2].total_s == Approx(one.calls[0].total_s).epsilon(1e-6));
  const Fidelity fidelity = measured(one);
  CHECK(fidelity.judged() == 0);
  CHECK(calibration::fidelity_text(fidelity, 100).find("no cell has enough calls") !=
        std::string::npos);
}

TEST_CASE("of every two neighbours one is held out, by a coin of the seed") {
  const CallTable table = test::autocorrelated_calls(1001, 3);
  const calibration::Halves halves = calibration::split_halves(table, 5);
  CHECK(halves.fitted.calls.size() + halves.held.size() == 1001);
  CHECK(std::abs(static_cast<int>(halves.held.size()) - 500) <= 1);
  std::size_t even = 0;
  for (const calibration::TimedCall& call : halves.held) {
    even += static_cast<std::size_t>(call.at_s / 0.2 + 0.5) % 2 == 0 ? 1 : 0;
  }
  CHECK(even > 180);
  CHECK(even < 320);
}

TEST_CASE("knots put no mass between two modes") {
  std::vector<double> values;
  for (int i = 0; i < 500; ++i) {
    values.push_back(i < 470 ? 1 + i * 1e-4 : 10 + i * 1e-3);
  }
  std::vector<double> middle;
  const auto knots = calibration::knot_probabilities(values);
  CHECK(std::is_sorted(knots.begin(), knots.end()));
  CHECK(std::count(knots.begin(), knots.end(), 469.0 / 499) == 1);
  CHECK(std::count(knots.begin(), knots.end(), 470.0 / 499) == 1);
}

TEST_CASE("cold starts, two modes and shared slow times fit, tails too") {
  std::size_t judged = 0;
  std::size_t passed = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (const CallTable& table :
         {test::cold_start_calls(8'000, seed), test::bimodal_calls(8'000, seed),
          test::autocorrelated_calls(8'000, seed)}) {
      const Fidelity fidelity = measured(table, seed);
      INFO(calibration::fidelity_text(fidelity, 120));
      judged += fidelity.judged();
      passed += fidelity.passed();
      CHECK(fidelity.tails() >= 3);
      CHECK(fidelity.tails_passed() == fidelity.tails());
    }
  }
  CAPTURE(passed, judged);
  CHECK(static_cast<double>(passed) >= 0.93 * static_cast<double>(judged));
}

namespace {

// By operation and model alone, of that metric.
const calibration::Cell& cell_of(const Fidelity& fidelity, std::string_view metric) {
  const auto found = std::find_if(fidelity.cells.begin(), fidelity.cells.end(), [&](const auto& c) {
    return c.metric == metric && c.name.find(',') == std::string::npos;
  });
  REQUIRE(found != fidelity.cells.end());
  return *found;
}

double correlation_of(const std::vector<calibration::TimedCall>& calls) {
  std::vector<double> firsts;
  std::vector<double> paces;
  for (const calibration::TimedCall& call : calls) {
    firsts.push_back(call.first_s);
    paces.push_back(call.pace_s());
  }
  return stats::rank_correlation(firsts, paces);
}

}  // namespace

TEST_CASE("first token and pace that go together are drawn together, for and against") {
  for (const CallTable& table :
       {test::two_machine_calls(8'000, 1), test::batching_calls(8'000, 1)}) {
    const calibration::Halves halves = calibration::split_halves(table, 1);
    const auto model = calibration::fitted_model(halves.fitted, kFit);
    REQUIRE(model.ok());
    const auto drawn = calibration::draw_calls(*model, halves.held, 5, 1);
    const double wanted = correlation_of(halves.held);
    CAPTURE(table.calls.front().model, wanted);
    CHECK(std::fabs(wanted) > 0.5);
    CHECK(std::fabs(correlation_of(drawn) - wanted) < 0.06);
    const Fidelity fidelity = calibration::judge(halves.fitted.calls, halves.held, drawn);
    INFO(calibration::fidelity_text(fidelity, 120));
    for (const std::string_view metric : {"first_token", "pace", "total"}) {
      CHECK(cell_of(fidelity, metric).passes);
    }
    CHECK(fidelity.tails_passed() == fidelity.tails());
    // Drawn apart, the same marginals miss the total.
    latency::Profile apart = **model;
    for (latency::Entry& entry : apart.entries) {
      CHECK(entry.pace_given_first.size() == 144);
      entry.pace_given_first.clear();
    }
    const Fidelity missed =
        calibration::judge(halves.fitted.calls, halves.held,
                           calibration::draw_calls(std::make_shared<const latency::Profile>(apart),
                                                   halves.held, 5, 1));
    CHECK(cell_of(missed, "first_token").passes);
    CHECK(cell_of(missed, "pace").passes);
    CHECK_FALSE(cell_of(missed, "total").passes);
  }
}

TEST_CASE("first token and pace that have nothing to do with each other stay apart") {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto model = calibration::fitted_model(test::bimodal_calls(400, seed), kFit);
    REQUIRE(model.ok());
    found += (*model)->entries.front().pace_given_first.empty() ? 0U : 1U;
  }
  CHECK(found <= 2);  // chance: 2% of tables
}

TEST_CASE("slow times that neighbours share are found, and none where there are none") {
  const Fidelity shared = measured(test::autocorrelated_calls(8'000, 1));
  CHECK(shared.neighbours_recorded > 0.2);
  CHECK(std::fabs(shared.neighbours_mock - shared.neighbours_recorded) < 0.12);
  CallTable alone = test::cold_start_calls(2'000, 1);
  for (std::size_t i = 0; i < alone.calls.size(); ++i) {
    alone.calls[i].at_s = static_cast<double>(i);
  }
  CHECK(calibration::fit_profile(alone, kFit).find("slow") == nullptr);
}

TEST_CASE("time that waits for the input is found, so that every third of it fits") {
  const Fidelity fidelity = measured(test::input_bound_calls(3'000, 2));
  INFO(calibration::fidelity_text(fidelity, 120));
  std::size_t thirds = 0;
  std::size_t near = 0;
  for (const calibration::Cell& cell : fidelity.cells) {
    if (cell.name.find("input") != std::string::npos && cell.metric == "first_token" &&
        cell.name.find(", ") != std::string::npos) {
      ++thirds;
      near += cell.errors[0].error && std::fabs(*cell.errors[0].error) < 0.1 ? 1U : 0U;
    }
  }
  CHECK(thirds >= 3);
  CHECK(near == thirds);
}

TEST_CASE("a profile of other calls is told apart") {
  const calibration::Halves halves = calibration::split_halves(test::bimodal_calls(2'000, 1), 1);
  CallTable wrong = halves.fitted;
  for (calibration::TimedCall& call : wrong.calls) {
    call.first_s *= 1.3;
    call.total_s *= 1.3;
  }
  const auto model = calibration::fitted_model(wrong, kFit);
  REQUIRE(model.ok());
  const Fidelity fidelity = calibration::judge(halves.fitted.calls, halves.held,
                                               calibration::draw_calls(*model, halves.held, 5, 1));
  CHECK(fidelity.passed() == 0);
}

TEST_CASE("every file of the llmperf leaderboard fits in at least 93% of its cells") {
  const char* given = std::getenv("REHEARSE_SHARED_DATA");
  const std::filesystem::path folder =
      std::filesystem::path(given == nullptr ? REHEARSE_SOURCE_DIR "/../shared/data" : given) /
      "llmperf-leaderboard";
  if (!std::filesystem::is_directory(folder)) {
    WARN("skipped: no llmperf-leaderboard folder; REHEARSE_SHARED_DATA names its parent");
    return;
  }
  CallTable table;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    auto one = calibration::load_timed_calls(file.path(), "");
    REQUIRE(one.ok());
    table.add(std::move(one).value());
  }
  std::size_t judged = 0;
  std::size_t passed = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Fidelity fidelity = measured(table, seed);
    judged += fidelity.judged();
    passed += fidelity.passed();
  }
  CAPTURE(passed, judged);
  CHECK(judged >= 150);
  CHECK(static_cast<double>(passed) >= 0.93 * static_cast<double>(judged));
}

TEST_CASE("the critical distance is that of the tables, and effective sizes see dependence") {
  CHECK(stats::critical_distance(75, 75) == Approx(0.2218).epsilon(1e-3));
  std::vector<double> alone;
  std::vector<double> together;
  for (int i = 0; i < 5'000; ++i) {
    const double u = DrawKey{9, static_cast<std::uint64_t>(i), 0, 0, 0}.uniform(Dimension::Input);
    const double v =
        DrawKey{9, static_cast<std::uint64_t>(i / 50), 1, 0, 0}.uniform(Dimension::Input);
    alone.push_back(u);
    together.push_back(v + 0.01 * u);
  }
  CHECK(stats::effective_size(alone) > 3'000);
  CHECK(stats::effective_size(together) < 400);
  CHECK(std::fabs(stats::neighbour_correlation(alone)) < 0.06);
  CHECK(stats::neighbour_correlation(together) > 0.9);
  CHECK(stats::two_sample_distance(alone, alone) == 0);
  const double low[] = {1, 2};
  const double high[] = {3, 4};
  CHECK(stats::two_sample_distance(low, high) == 1);
}
