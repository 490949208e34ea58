#include "harness/record/metric_change.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/math.hpp"
#include "harness/stats/batch_means.hpp"
#include "harness/stats/multiplicity.hpp"
#include "harness/stats/quantile.hpp"
#include "harness/stats/rank_test.hpp"

namespace rehearse::record {
namespace {

constexpr double kMostLag = 0.3;  // as stats::batches_of

MetricChange from_stats(std::string_view name, const stats::Change& change) {
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

double read_off(const std::vector<double>& values, const stats::Statistic& statistic) {
  stats::BatchStatistic batch;
  if (statistic.is_quantile()) {
    batch.quantile = statistic.q();
  }
  return batch.of(values);
}

std::vector<double> batch_values(const std::vector<double>& values, std::size_t batches,
                                 const stats::Statistic& statistic) {
  const std::size_t size = values.size() / batches;
  std::vector<double> out;
  for (std::size_t i = 0; i < batches; ++i) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * size);
    out.push_back(read_off({begin, begin + static_cast<std::ptrdiff_t>(size)}, statistic));
  }
  return out;
}

double lag_of_ratios(const std::vector<double>& before, const std::vector<double>& after) {
  std::vector<double> logs;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] > 0 && after[i] > 0) {
      logs.push_back(std::log(after[i] / before[i]));
    }
  }
  return stats::lag1_autocorrelation(logs);
}

// The statistic of neighbouring jobs, pair by pair: 20 batches, 10 where those still hang together.
MetricChange batch_change(std::string_view name, const Samples& samples,
                          const stats::Statistic& statistic, const stats::Resampling& luck,
                          const stats::ChangeOptions& options) {
  MetricChange out;
  out.name = name;
  out.statistic = statistic.text();
  out.verdict = Verdict::Inconclusive;
  if (samples.before.empty()) {
    out.why = "no job was done on both sides";
    return out;
  }
  const std::uint64_t least = std::max<std::uint64_t>(statistic.floor(false, options.alpha), 2);
  const double whole_before = read_off(samples.before, statistic);
  const double whole_after = read_off(samples.after, statistic);
  if (samples.before.size() >= least) {
    out.before = whole_before;
    out.after = whole_after;
    if (whole_before > 0) {
      out.change = whole_after / whole_before - 1;
    }
  }
  if (samples.before == samples.after) {
    out.low = out.high = out.change;
    out.verdict = Verdict::Same;
    return out;
  }
  for (const std::size_t batches : {std::size_t{20}, std::size_t{10}}) {
    if (samples.before.size() < batches * least) {
      continue;
    }
    const std::vector<double> before = batch_values(samples.before, batches, statistic);
    const std::vector<double> after = batch_values(samples.after, batches, statistic);
    if (lag_of_ratios(before, after) > kMostLag) {
      continue;
    }
    const stats::Statistic mean = stats::Statistic::mean();
    const stats::Change change =
        stats::compare_samples(before, after, std::span(&mean, 1), luck, options).front();
    const double jobs_a_batch =
        static_cast<double>(samples.before.size()) / static_cast<double>(batches);
    MetricChange row = from_stats(name, change);
    row.statistic = statistic.text();
    row.before = whole_before;
    row.after = whole_after;
    row.more_jobs = static_cast<std::uint64_t>(
        std::min(1e15, static_cast<double>(change.more_samples) * jobs_a_batch));
    return row;
  }
  if (samples.before.size() < 10 * least) {
    out.why = "needs " + std::to_string(10 * least) + " jobs a side";
    out.more_jobs = 10 * least - samples.before.size();
  } else {
    out.why = "neighbouring jobs hang together too much: run longer, or with several seeds";
    out.more_jobs = samples.before.size();
  }
  return out;
}

// Two long runs, each in batches of its own (Welch).
MetricChange unpaired_batch_change(std::string_view name, const Samples& samples,
                                   const stats::Statistic& statistic,
                                   const stats::ChangeOptions& options) {
  MetricChange out;
  out.name = name;
  out.statistic = statistic.text();
  out.verdict = Verdict::Inconclusive;
  const std::uint64_t least = std::max<std::uint64_t>(statistic.floor(false, options.alpha), 2);
  const std::size_t smaller = std::min(samples.before.size(), samples.after.size());
  if (smaller < 10 * least) {
    out.why = "needs " + std::to_string(10 * least) + " jobs a side";
    out.more_jobs = 10 * least - smaller;
    return out;
  }
  stats::BatchStatistic batch;
  if (statistic.is_quantile()) {
    batch.quantile = statistic.q();
  }
  const auto before = stats::batches_of(samples.before, batch);
  const auto after = stats::batches_of(samples.after, batch);
  if (!before || !after) {
    out.why = "neighbouring jobs hang together too much: run longer, or with several seeds";
    return out;
  }
  out.before = before->whole;
  out.after = after->whole;
  if (!(before->whole > 0 && after->whole > 0)) {
    out.verdict = before->whole == after->whole ? Verdict::Same : Verdict::Inconclusive;
    return out;
  }
  const stats::Effect effect = stats::batch_ratio(*before, *after, options.alpha);
  const stats::Judgement judgement =
      stats::judge(effect, {stats::log_tolerance(options.tolerance), options.better, smaller});
  out.change = std::exp(effect.estimate) - 1;
  if (effect.confidence.bounded()) {
    out.low = std::exp(effect.confidence.low) - 1;
    out.high = std::exp(effect.confidence.high) - 1;
  }
  out.verdict = judgement.verdict;
  out.more_jobs = judgement.more_samples;
  out.p_value = effect.p_value;
  return out;
}

// How much larger a sample must be for a test of p to hold up at `alpha` in 4 of 5 cases.
double growth(double p, double alpha) {
  const double found = normal_quantile(1 - std::clamp(p, 1e-15, 0.999) / 2);
  const double wanted = normal_quantile(1 - alpha / 2) + 0.842;
  return std::max(0.1, (wanted / found) * (wanted / found) - 1);
}

}  // namespace

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
  MetricChange out = from_stats(name, found);
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
  return from_stats(name, stats::compare_rates(before, after, options.tolerance, options.alpha));
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
  std::vector<MetricChange> out;
  const bool whole = choice.pairing == Pairing::Jobs ||
                     (choice.pairing == Pairing::Unpaired && choice.independent);
  if (whole) {
    for (const stats::Change& row :
         stats::compare_samples(samples.before, samples.after, statistics, luck, change)) {
      out.push_back(from_stats(name, row));
    }
    return out;
  }
  for (const stats::Statistic& statistic : statistics) {
    out.push_back(choice.pairing == Pairing::Batches
                      ? batch_change(name, samples, statistic, luck, change)
                      : unpaired_batch_change(name, samples, statistic, change));
  }
  return out;
}

}  // namespace rehearse::record
