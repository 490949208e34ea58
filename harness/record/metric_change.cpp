#include "harness/record/metric_change.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/math.hpp"
#include "harness/record/batch_change.hpp"
#include "harness/stats/multiplicity.hpp"
#include "harness/stats/rank_test.hpp"

namespace rehearse::record {
namespace {

// How much larger a sample must be for a test of p to hold up at `alpha` in 4 of 5 cases.
double growth(double p, double alpha) {
  const double found = normal_quantile(1 - std::clamp(p, 1e-15, 0.999) / 2);
  const double wanted = normal_quantile(1 - alpha / 2) + 0.842;
  return std::max(0.1, (wanted / found) * (wanted / found) - 1);
}

}  // namespace

MetricChange row_of(std::string_view name, const stats::Change& change) {
  MetricChange out;
  out.name = name;
  out.statistic = change.statistic;
  out.before = change.before;
  out.after = change.after;
  out.change = change.change;
  if (change.interval && change.interval->bounded()) {
    out.low = change.interval->low;
    out.high = change.interval->high;
  }
  out.verdict = change.verdict;
  out.why = change.note;
  out.more_jobs = change.more_samples;
  out.p_value = change.p_value;
  return out;
}

MetricChange change_of_runs(std::string_view name, const Samples& samples,
                            const RunFigures& figures, const PairingChoice& choice,
                            const stats::Resampling& luck, const ComparisonOptions& options) {
  stats::ChangeOptions change;
  change.paired = choice.pairing == Pairing::Seeds;
  change.tolerance = options.tolerance;
  change.alpha = 1 - options.confidence;
  change.better = options.better;
  const stats::Statistic statistic =
      figures.mean ? stats::Statistic::mean() : stats::Statistic::location();
  const stats::Change found =
      stats::compare_samples(samples.before, samples.after, std::span(&statistic, 1), luck, change)
          .front();
  MetricChange out = row_of(name, found);
  out.statistic = figures.statistic;
  out.before = figures.before;
  out.after = figures.after;
  const std::uint64_t runs = std::min(found.count_before, found.count_after);
  const std::uint64_t floor = statistic.floor(change.paired, change.alpha);
  if (runs < floor) {
    out.why = "needs " + std::to_string(floor) + " seeds a side that can carry it, found " +
              std::to_string(runs);
  }
  out.more_jobs = static_cast<std::uint64_t>(
      std::min(1e15, static_cast<double>(found.more_samples) * figures.jobs_a_run));
  return out;
}

MetricChange change_of_rates(std::string_view name, stats::Rate before, stats::Rate after,
                             const ChangeInRates& options) {
  return row_of(name, stats::compare_rates(before, after, options.tolerance, options.alpha));
}

MetricChange difference_of_runs(std::string_view name, const Samples& samples,
                                const PairingChoice& choice, const ChangeInRates& options) {
  MetricChange out;
  out.name = name;
  out.statistic = "rate";
  const bool paired = choice.pairing == Pairing::Seeds;
  const std::size_t runs = std::min(samples.before.size(), samples.after.size());
  const std::uint64_t floor = stats::Statistic::location().floor(paired, options.alpha);
  if (paired && samples.before == samples.after && runs > 0) {
    out.change = out.low = out.high = 0;
    out.verdict = Verdict::Same;
    return out;
  }
  out.verdict = Verdict::Inconclusive;
  if (runs < floor) {
    out.why = "needs " + std::to_string(floor) + " seeds a side, found " + std::to_string(runs);
    out.more_jobs = floor - runs;
    return out;
  }
  stats::Effect effect;
  if (paired) {
    std::vector<double> differences;
    for (std::size_t i = 0; i < runs; ++i) {
      differences.push_back(samples.after[i] - samples.before[i]);
    }
    effect = stats::signed_rank_shift(differences, options.alpha);
  } else {
    effect = stats::rank_sum_shift(samples.before, samples.after, options.alpha);
  }
  const stats::Judgement judgement =
      stats::judge(effect, {options.tolerance, options.better, runs});
  out.change = effect.estimate;
  if (effect.confidence.bounded()) {
    out.low = effect.confidence.low;
    out.high = effect.confidence.high;
  }
  out.verdict = judgement.verdict;
  out.more_jobs = judgement.more_samples;
  out.p_value = effect.p_value;
  return out;
}

void correct_for_many(std::span<MetricChange* const> rows, Correction correction, double alpha,
                      double jobs) {
  std::vector<MetricChange*> tested;
  std::vector<double> p;
  for (MetricChange* const row : rows) {
    // Equal samples are no test: nothing random decided them.
    if (row->p_value && !(row->change == 0.0 && *row->p_value == 1)) {
      tested.push_back(row);
      p.push_back(*row->p_value);
    }
  }
  const bool gates = correction == Correction::Holm;
  const std::vector<double> adjusted = gates ? stats::holm(p) : stats::benjamini_hochberg(p);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    MetricChange& row = *tested[i];
    const bool moved = row.verdict == Verdict::Improved || row.verdict == Verdict::Regressed;
    if (!moved || adjusted[i] <= alpha) {
      continue;
    }
    row.verdict = Verdict::Inconclusive;
    row.why = "may be chance among " + std::to_string(tested.size()) +
              (gates ? " tests (Holm)" : " tests (Benjamini-Hochberg)");
    const double strict = alpha * p[i] / std::max(adjusted[i], p[i]);
    row.more_jobs = std::max<std::uint64_t>(
        row.more_jobs, static_cast<std::uint64_t>(std::ceil(growth(p[i], strict) * jobs)));
  }
}

std::vector<MetricChange> change_of(std::string_view name, const Samples& samples,
                                    std::span<const stats::Statistic> statistics,
                                    const PairingChoice& choice, const stats::Resampling& luck,
                                    const ComparisonOptions& options) {
  stats::ChangeOptions change;
  change.paired = choice.pairing != Pairing::Unpaired;
  change.tolerance = options.tolerance;
  change.alpha = 1 - options.confidence;
  change.better = options.better;
  const bool whole = choice.pairing == Pairing::Jobs ||
                     (choice.pairing == Pairing::Unpaired && choice.independent);
  if (!whole) {
    return change_of_batches(name, samples, statistics, luck, change);
  }
  std::vector<MetricChange> out;
  for (const stats::Change& row :
       stats::compare_samples(samples.before, samples.after, statistics, luck, change)) {
    out.push_back(row_of(name, row));
  }
  return out;
}

}  // namespace rehearse::record
