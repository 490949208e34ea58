#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/record/run.hpp"
#include "harness/record/summary.hpp"
#include "harness/stats/verdict.hpp"

namespace rehearse::record {

using stats::Verdict;

// One statistic on both sides. change and interval are ratios minus one (of error_rate:
// differences); absent where a side has none.
struct MetricChange {
  std::string name;       // "response_s", "cost_usd", …
  std::string statistic;  // "mean", "p50", …
  std::optional<double> before, after, change;
  std::optional<double> low, high;  // interval of the change, 95%
  std::optional<Verdict> verdict;
  std::string why;                // of an inconclusive or absent one: "needs 72 jobs a side"
  std::uint64_t more_jobs = 0;    // a side, that would decide an inconclusive one
  std::optional<double> p_value;  // of no change, before any correction for many tests
};
struct StageChange {
  std::string stage;  // its path
  bool in_before = true, in_after = true;
  MetricChange response_s, cost_usd;
};

// What of a stage made the difference.
enum class Cause : std::uint8_t { Model, Tokens, Retries, Queue, Cache, Code, Order, Presence };
std::string_view cause_name(Cause cause);  // "model", "tokens", …

// The stage that most of a change of the response time comes from.
struct Culprit {
  std::string stage;    // its path
  double change_s = 0;  // of the mean time that jobs waited for it
  double share = 0;     // of the change of the mean response time; may pass 1
  Cause cause = Cause::Code;
  std::string why;  // "openai.chat gpt-4o → openai.chat gpt-4o-mini", "queue 0.2 s → 1.9 s", …
};

struct PairedDifferences;  // run_detail.hpp

struct Comparison {
  RunSummary before, after;  // several seeds: of all of them
  // "jobs" and "seeds" (pairs of them), "batches" (of pairs of jobs), "runs" and "unpaired" (jobs)
  std::string pairing;
  std::string pairing_why;
  std::uint64_t units = 0;  // pairs, or the smaller side
  // What one more job on both sides takes: to price an inconclusive verdict.
  double more_job_s = 0;  // scenario time, one side after the other
  double more_job_usd = 0;
  std::optional<Culprit> culprit;
  Verdict verdict = Verdict::Inconclusive;
  std::string headline;               // one sentence
  std::vector<std::string> warnings;  // what else differs: environment, seed, validity
  std::vector<std::string> notes;     // to be known: the parameters that differ
  std::vector<MetricChange> metrics;
  std::vector<StageChange> stages;
  std::shared_ptr<const PairedDifferences> differences;  // for charts; absent unless asked for
};

// One side: a point, and the rows and traces that were kept of it. Several seeds of the same: all
// their points, `point` being the first; rows of later ones have their number in the job id.
struct ComparisonSide {
  const RunPoint& point;
  std::vector<JobRecord> jobs;
  std::vector<JobTrace> traces;
  std::vector<const RunPoint*> seeds = {};  // empty: `point` alone
};
// Reads what a comparison needs of a point. The run must outlive the side.
Result<ComparisonSide> load_side(const Run& run, std::size_t point = 0);
// The same of several seeds. Rows are read only where jobs share nothing. At least one point.
Result<ComparisonSide> load_side(const Run& run, const std::vector<std::size_t>& points);

// Some points of a run file.
struct PointsOf {
  const Run& run;
  std::vector<std::size_t> points;
};
struct ComparisonSides {
  ComparisonSide before, after;
};
// Both sides, of points that differ in their seed alone. Where one side is a single run and the
// other holds several seeds, that of the same seed is taken, else its first.
Result<ComparisonSides> load_sides(PointsOf before, PointsOf after);

struct ComparisonOptions {
  bool force = false;       // compare different scenarios too
  double tolerance = 0.02;  // changes inside ± this are "same"
  double confidence = 0.95;
  std::uint64_t seed = 1;  // of the resampling
  std::uint32_t resamples = 10'000;
  stats::Better better = stats::Better::Lower;
  unsigned threads = 0;  // 0: as many as there are cores; what comes out is the same
};

// Compares two runs of one scenario; another scenario is an error unless forced. The unit of
// analysis is what is independent: the job where jobs share nothing, paired by id where both runs
// met the same luck (seed, workload, same kept rows); else the run, paired by seed, where both
// sides hold at least two of them; else batches of neighbouring jobs. The verdict of the response
// time is that of its mean where it is decided (improved, regressed or same), else that of its p50,
// else inconclusive; the headline names the one that spoke, and the other one too where that is
// decided otherwise. The overall verdict is of this, of the mean cost and of the errors: regressed
// where one of them is; else improved where one of them is; else same where response and cost are;
// else inconclusive. Those rows are tested together (Holm), all others are exploratory
// (Benjamini-Hochberg).
Result<Comparison> compare(const ComparisonSide& before, const ComparisonSide& after,
                           const ComparisonOptions& options);

}  // namespace rehearse::record
