#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/record/comparison.hpp"
#include "harness/record/pairing.hpp"
#include "harness/stats/change.hpp"

// The statistics of one metric on both sides. Private to this layer.
namespace rehearse::record {

// A row of statistics under the name of its metric.
MetricChange row_of(std::string_view name, const stats::Change& change);

// One row for each of `statistics` (means and quantiles).
std::vector<MetricChange> change_of(std::string_view name, const Samples& samples,
                                    std::span<const stats::Statistic> statistics,
                                    const PairingChoice& choice, const stats::Resampling& luck,
                                    const ComparisonOptions& options);

// What a metric of whole runs is beside its value in each of them.
struct RunFigures {
  std::string statistic;                // as it is shown
  bool mean = true;                     // compared by the ratio of means, else by Hodges-Lehmann
  std::optional<double> before, after;  // of all runs together, for display
  double jobs_a_run = 1;
};
// Of whole runs, one value a run: pairs of them (by seed) or not. Runs that carry no value are not
// among the samples.
MetricChange change_of_runs(std::string_view name, const Samples& samples,
                            const RunFigures& figures, const PairingChoice& choice,
                            const stats::Resampling& luck, const ComparisonOptions& options);

// How rates are compared: by their difference.
struct ChangeInRates {
  double tolerance = 0.005;
  double alpha = 0.05;
  stats::Better better = stats::Better::Lower;
};
// Of independent trials.
MetricChange change_of_rates(std::string_view name, stats::Rate before, stats::Rate after,
                             const ChangeInRates& options);
// Of whole runs, one rate (or other amount) a run; `before` and `after` are left to the caller.
MetricChange difference_of_runs(std::string_view name, const Samples& samples,
                                const PairingChoice& choice, const ChangeInRates& options);

// The rows whose p-values were corrected for being many tests: a row that was improved or regressed
// and does not hold up becomes inconclusive, and says so. Rows without a test are left alone.
// `jobs`: a side.
enum class Correction { Holm, BenjaminiHochberg };
void correct_for_many(std::span<MetricChange* const> rows, Correction correction, double alpha,
                      double jobs);

}  // namespace rehearse::record
