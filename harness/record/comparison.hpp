#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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
  std::string why;              // of an inconclusive or absent one: "needs 72 jobs a side"
  std::uint64_t more_jobs = 0;  // a side, that would decide an inconclusive one
};
struct StageChange {
  std::string stage;  // its path
  bool in_before = true, in_after = true;
  MetricChange response_s, cost_usd;
};

struct PairedDifferences;  // run_detail.hpp

struct Comparison {
  RunSummary before, after;
  std::string pairing;  // "jobs", "batches" or "unpaired"
  std::string pairing_why;
  std::uint64_t units = 0;  // pairs, or the smaller side
  Verdict verdict = Verdict::Inconclusive;
  std::string headline;               // one sentence
  std::vector<std::string> warnings;  // what else differs: environment, seed, validity
  std::vector<std::string> notes;     // to be known: the parameters that differ
  std::vector<MetricChange> metrics;
  std::vector<StageChange> stages;
  std::shared_ptr<const PairedDifferences> differences;  // for charts; absent unless asked for
};

// One side: a point, and the rows and traces that were kept of it.
struct ComparisonSide {
  const RunPoint& point;
  std::vector<JobRecord> jobs;
  std::vector<JobTrace> traces;
};
// Reads what a comparison needs of a point.
Result<ComparisonSide> load_side(const Run& run, std::size_t point = 0);

struct ComparisonOptions {
  bool force = false;       // compare different scenarios too
  double tolerance = 0.02;  // changes inside ± this are "same"
  double confidence = 0.95;
  std::uint64_t seed = 1;  // of the resampling
};

// Compares two runs of one scenario; another scenario is an error unless forced. Jobs are paired by
// id where both runs met the same luck (seed, workload, same kept rows) and jobs share nothing;
// where they share queues, neighbouring jobs are, in batches; else the runs are compared unpaired.
// The verdict of the response time is that of its mean where it is decided (improved, regressed or
// same), else that of its p50, else inconclusive; the headline names the one that spoke, and the
// other one too where that is decided otherwise. The overall verdict is of this, of the mean cost
// and of the errors: regressed where one of them is; else improved where one of them is; else same
// where response and cost are; else inconclusive.
Result<Comparison> compare(const ComparisonSide& before, const ComparisonSide& after,
                           const ComparisonOptions& options);

}  // namespace rehearse::record
