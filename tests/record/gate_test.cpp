#include "harness/record/gate.hpp"

#include <catch2/catch.hpp>

#include "tests/record/judged_runs.hpp"

namespace rehearse::record {
namespace {

using sample::SeededSide;

GateReport gate(const SeededSide& baseline, const SeededSide& candidate,
                const std::vector<std::string>& list = {}) {
  GateOptions options;
  options.gate = list;
  Result<GateReport> found = judge_gate(baseline.side(), candidate.side(), options);
  REQUIRE(found);
  return std::move(found).value();
}

TEST_CASE("a run against itself passes, with no change in any row") {
  const SeededSide a(20, {});
  const GateReport report = gate(a, a);
  // The scenario has no gate of its own: the default one stands in.
  std::size_t deltas = 0;
  for (const GateRow& row : report.rows) {
    deltas += row.delta ? 1 : 0;
    REQUIRE((!row.delta || row.change.change == 0.0));
  }
  REQUIRE(deltas == 2);
  REQUIRE(report.outcome == GateOutcome::Pass);
  REQUIRE_FALSE(report.comparison);
}

TEST_CASE("a slower run fails, says where it comes from and how to accept it") {
  const SeededSide a(20, {.noise = 0.02});
  const SeededSide b(20, {.image = 1.3, .noise = 0.02});
  const GateReport report = gate(a, b);
  REQUIRE(report.outcome == GateOutcome::Fail);
  REQUIRE(report.next.size() >= 2);
  REQUIRE(report.next[0].find("look at stage image") == 0);
  REQUIRE(report.next[1].find("--update-baseline") != std::string::npos);
}

TEST_CASE("a change inside the limit passes, whatever its significance") {
  const SeededSide a(20, {.noise = 0.02});
  const SeededSide b(20, {.image = 1.05, .noise = 0.02});
  const GateReport report = gate(a, b, {"delta(p95)<10%"});
  REQUIRE(report.outcome == GateOutcome::Pass);
  REQUIRE(gate(a, b, {"delta(p95)<1%"}).outcome == GateOutcome::Fail);
}

TEST_CASE("too few runs are inconclusive, with the number of jobs that would decide") {
  const SeededSide a(3, {.noise = 0.02});
  const SeededSide b(3, {.image = 1.3, .noise = 0.02});
  const GateReport report = gate(a, b, {"delta(p95)<10%"});
  REQUIRE(report.outcome == GateOutcome::Inconclusive);
  REQUIRE(report.next.front().find("make both runs again with about 300 more jobs") == 0);
}

TEST_CASE("limits that ask for an improvement are held by the whole interval") {
  const SeededSide a(20, {.noise = 0.02});
  const SeededSide b(20, {.image = 0.7, .noise = 0.02});
  REQUIRE(gate(a, b, {"delta(mean)<-10%"}).outcome == GateOutcome::Pass);
  REQUIRE(gate(a, b, {"delta(mean)<-50%"}).outcome == GateOutcome::Fail);
  REQUIRE(gate(a, a, {"delta(mean)<-10%"}).outcome == GateOutcome::Fail);
}

TEST_CASE("throughput may not fall, and is one number of a run") {
  const SeededSide a(20, {.noise = 0.02});
  const SeededSide slow(20, {.image = 1.5, .noise = 0.02});
  REQUIRE(gate(a, slow, {"delta(throughput)>-5%"}).outcome == GateOutcome::Fail);
  REQUIRE(gate(slow, a, {"delta(throughput)>-5%"}).outcome == GateOutcome::Pass);
}

TEST_CASE("more errors fail by their difference, in points") {
  const SeededSide a(20, {});
  SeededSide b(20, {});
  for (RunPoint& run : b.runs()) {
    run.tally.jobs.failed = 10;
  }
  REQUIRE(gate(a, b, {"delta(errors)<1%"}).outcome == GateOutcome::Fail);
  REQUIRE(gate(a, b, {"delta(errors)<20%"}).outcome == GateOutcome::Pass);
}

TEST_CASE("an absolute limit in the unit of the metric is one of the value before") {
  const SeededSide a(20, {.noise = 0.02});
  const SeededSide b(20, {.image = 1.1, .noise = 0.02});  // about 5 s of 76
  REQUIRE(gate(a, b, {"delta(mean)<20s"}).outcome == GateOutcome::Pass);
  REQUIRE(gate(a, b, {"delta(mean)<1s"}).outcome == GateOutcome::Fail);
}

TEST_CASE("objectives without a baseline decide too, by their level") {
  SeededSide a(20, {});
  for (RunPoint& run : a.runs()) {
    run.header.objectives = {{"p(95) < 15s", "aim", "", "", ""}};
  }
  REQUIRE(gate(a, a).outcome == GateOutcome::Pass);
  for (RunPoint& run : a.runs()) {
    run.header.objectives[0].level = "warn";
  }
  REQUIRE(gate(a, a).outcome == GateOutcome::Pass);
  for (RunPoint& run : a.runs()) {
    run.header.objectives[0].level = "fail";
  }
  REQUIRE(gate(a, a).outcome == GateOutcome::Fail);
  for (RunPoint& run : a.runs()) {
    run.header.objectives[0].on = "another workload";
  }
  REQUIRE(gate(a, a).outcome == GateOutcome::Pass);
}

TEST_CASE("another scenario is refused, machine, seed, variant and the future are labelled") {
  const SeededSide a(20, {});
  SeededSide b(20, {}, 2);
  for (RunPoint& run : b.runs()) {
    run.header.environment.machine = "laptop";
    run.header.variants = {"optimised"};
    run.header.parameters.set("chat_model", "other");
    run.header.created_unix_ms -= 1000;
  }
  const GateReport report = gate(a, b);
  const auto labelled = [&](const std::string& word) {
    return std::any_of(report.labels.begin(), report.labels.end(), [&](const std::string& label) {
      return label.find(word) != std::string::npos;
    });
  };
  REQUIRE(labelled("the machine differs"));
  REQUIRE(labelled("the seed differs"));
  REQUIRE(labelled("the variant differs"));
  REQUIRE(labelled("parameters differ: chat_model"));
  REQUIRE(labelled("made after the candidate"));
  for (RunPoint& run : b.runs()) {
    run.header.scenario = "storyboard";
  }
  const auto refused = judge_gate(a.side(), b.side(), {});
  REQUIRE_FALSE(refused);
  REQUIRE(refused.error().where == "baseline");
}

TEST_CASE("an invalid run decides nothing, even where every number is fine") {
  const SeededSide a(20, {});
  SeededSide b(20, {});
  b.runs()[3].end->invalid_reasons = {"the harness was 2 s late"};
  const GateReport report = gate(a, b);
  REQUIRE(report.outcome == GateOutcome::Inconclusive);
  REQUIRE(report.next.front() == "make the candidate again: the harness was 2 s late");
}

TEST_CASE("empty, all-failed and single-job runs gate without a crash and without a pass") {
  const SeededSide full(1, {.isolated = true});
  for (const sample::RunOptions& options :
       {sample::RunOptions{0, 0, 1, {}}, sample::RunOptions{5, 1, 1, {}},
        sample::RunOptions{1, 0, 1, {}}}) {
    const RunPoint poor = sample::run(options);
    const ComparisonSide side{poor, {}, {}, {}};
    const ComparisonSide other{full.points().front()[0], {}, {}, {}};
    for (const bool first : {true, false}) {
      const auto report = first ? judge_gate(side, other, {}) : judge_gate(other, side, {});
      REQUIRE(report);
      const bool broken = first == false && options.failing == 1;
      REQUIRE(report->outcome == (broken ? GateOutcome::Fail : GateOutcome::Inconclusive));
      REQUIRE((!broken || report->next.front().find("no job of the candidate was done") == 0));
    }
  }
}

TEST_CASE("more failures are told where the gate does not look at them") {
  const RunPoint calm = sample::run({200, 0, 1, {}});
  const RunPoint poor = sample::run({200, 4, 1, {}});
  const auto says = [&](const std::vector<std::string>& list) {
    GateOptions options;
    options.gate = list;
    const auto report =
        judge_gate(ComparisonSide{calm, {}, {}, {}}, ComparisonSide{poor, {}, {}, {}}, options);
    REQUIRE(report);
    return std::any_of(report->labels.begin(), report->labels.end(), [](const std::string& label) {
      return label.find("more jobs fail, 25% against 0%") == 0;
    });
  };
  CHECK(says({"delta(p95)<10%"}));
  CHECK_FALSE(says({"delta(p95)<10%", "delta(rate of errors)<1%"}));
}

TEST_CASE("an objective that cannot be read is an error with its column, not a pass") {
  const SeededSide a(6, {});
  GateOptions options;
  options.gate = {"delta(p95)<10parsecs"};
  const auto refused = judge_gate(a.side(), a.side(), options);
  REQUIRE_FALSE(refused);
}

}  // namespace
}  // namespace rehearse::record
