#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/record/comparison.hpp"

// The decision of a CI job: does this run hold its objectives, and did it get worse than a
// baseline?
namespace rehearse::record {

enum class GateOutcome : std::uint8_t { Pass, Fail, Inconclusive };
std::string_view gate_outcome_name(GateOutcome outcome);  // "pass", "fail", "inconclusive"

// One objective, absolute or of a change.
struct GateRow {
  std::string text;   // in its usual spelling
  std::string level;  // "fail", "warn" or "aim": only "fail" decides
  bool delta = false;
  std::string unit;             // of `value`: "s", "USD", "%", …; a ratio for "%"
  std::optional<double> value;  // of the candidate
  MetricChange change;          // of a delta
  GateOutcome outcome = GateOutcome::Inconclusive;
  std::string why;  // of what is not decided
};

struct GateReport {
  RunSummary baseline, candidate;
  std::string pairing, pairing_why;
  std::vector<std::string> labels;  // what else differs between both: machine, seed, variant, …
  std::vector<GateRow> rows;
  GateOutcome outcome = GateOutcome::Pass;
  std::optional<Comparison> comparison;  // where something did not pass
  std::vector<std::string> next;         // what to do now, the most useful first
};

struct GateOptions {
  std::vector<std::string> gate;  // in place of the scenario's own list
  bool explain = true;            // compare everything where something did not pass
  double alpha = 0.05;            // false alarms of all deltas of level fail together (Holm)
  std::uint64_t seed = 1;         // of the resampling
  std::uint32_t resamples = 10'000;
};

// What is compared where neither scenario nor user says: delta(p95)<10%, delta(mean of cost)<5%.
const std::vector<std::string>& default_gate();

// Judges a candidate: its objectives (those of its workload), then its gate against the baseline. A
// baseline of another scenario is an error; one of another machine, seed, parameters, variant or
// workload is labelled. A candidate whose every job failed fails. An invalid run on either side
// makes the whole inconclusive.
Result<GateReport> judge_gate(const ComparisonSide& baseline, const ComparisonSide& candidate,
                              const GateOptions& options);

}  // namespace rehearse::record
