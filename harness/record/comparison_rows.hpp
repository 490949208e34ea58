#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/comparison.hpp"
#include "harness/record/metric_change.hpp"
#include "harness/record/pairing.hpp"
#include "harness/record/side_values.hpp"

// The rows of a comparison. Private to this layer.
namespace rehearse::record {

// A statistic of a metric of whole runs or jobs; `argument`: of a quantile.
Objective statistic_of(Stat stat, Metric metric, double argument = 0);

// What is compared. All that it names must outlive it.
struct Compared {
  const ComparisonSide& before;
  const ComparisonSide& after;
  const RunPoint& before_point;  // of all seeds
  const RunPoint& after_point;
  const PairingChoice& choice;
  const stats::Resampling& luck;
  const ComparisonOptions& options;
};

// Fills in the metrics and stages of a comparison whose summaries and units are known. Each metric
// and each row of a stage is a piece of work of its own, on options.threads of them; every piece
// has its place and the same luck, so the number of threads changes no bit.
class ComparisonRows {
 public:
  ComparisonRows(const Compared& what, Comparison& out) : what_(what), out_(out) {}
  void make();

 private:
  using Rows = std::vector<MetricChange>;

  void add_metric(std::string_view name, Metric metric,
                  std::span<const stats::Statistic> statistics);
  void add_metrics();
  void add_stages();
  StageChange stage_of_jobs(const std::string& path) const;  // but for rows of both sides
  StageChange stage_of_runs(const std::string& path) const;  // the same
  MetricChange stage_row(const std::string& path, std::string_view name, Metric metric) const;
  MetricChange row_of_runs(std::string_view name, const Objective& what,
                           const std::string& statistic) const;
  MetricChange error_row() const;
  MetricChange rate_of_runs() const;
  bool shows_first_results() const;
  std::vector<std::string> stage_paths() const;
  std::uint64_t jobs_a_run() const;

  Compared what_;
  Comparison& out_;
  std::deque<Rows> metrics_;  // a place for each piece of work
  std::map<std::string, StageValues> stages_before_, stages_after_;
  std::vector<std::function<void()>> work_;
};

}  // namespace rehearse::record
