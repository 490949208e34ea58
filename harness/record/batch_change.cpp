#include "harness/record/batch_change.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/stats/batch_means.hpp"
#include "harness/stats/bootstrap.hpp"
#include "harness/stats/moments.hpp"

namespace rehearse::record {
namespace {

constexpr double kMostLag = 0.3;  // as stats::batches_of
// Pairs whose differences hang together need so many: fewer may all have met one calm or busy
// spell.
constexpr std::size_t kFewestTogether = 400;

stats::BatchStatistic to_batch(const stats::Statistic& statistic) {
  stats::BatchStatistic out;
  if (statistic.is_quantile()) {
    out.quantile = statistic.q();
  }
  return out;
}

std::vector<double> batch_values(const std::vector<double>& values, std::size_t batches,
                                 const stats::Statistic& statistic) {
  const std::size_t size = values.size() / batches;
  std::vector<double> out;
  for (std::size_t i = 0; i < batches; ++i) {
    out.push_back(to_batch(statistic).of(std::span(values).subspan(i * size, size)));
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

// Of pairs, how far each one's sides are apart.
std::vector<double> differences_of(const Samples& samples) {
  const double before = stats::moments_of(samples.before).mean();
  const double after = stats::moments_of(samples.after).mean();
  const bool ratios = before > 0 && after > 0;
  std::vector<double> out;
  out.reserve(samples.before.size());
  for (std::size_t i = 0; i < samples.before.size(); ++i) {
    out.push_back(samples.after[i] / (ratios ? after : 1) -
                  samples.before[i] / (ratios ? before : 1));
  }
  return out;
}

// Of pairs of batches that hang together: the median of their ratios, and an interval over all but
// one at either end, as one batch may have met a machine that stood still. Of ten independent
// batches that interval holds the median in 98% (binomial), of twenty nearly always: what these
// lack in independence they have in hand.
stats::Effect over_batches(const std::vector<double>& before, const std::vector<double>& after) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < before.size(); ++i) {
    ratios.push_back(before[i] > 0 && after[i] > 0 ? std::log(after[i] / before[i]) : 0);
  }
  std::sort(ratios.begin(), ratios.end());
  const std::size_t n = ratios.size();
  stats::Effect out;
  out.estimate = (ratios[(n - 1) / 2] + ratios[n / 2]) / 2;
  out.confidence = out.equivalence = {ratios[1], ratios[n - 2]};
  out.p_value =
      out.confidence.contains(0)
          ? 1
          : std::ldexp(static_cast<double>(n + 1), 1 - static_cast<int>(n));  // one or none beyond
  return out;
}

class BatchComparison {
 public:
  BatchComparison(const Samples& samples, const stats::Resampling& luck,
                  const stats::ChangeOptions& options)
      : samples_(samples),
        luck_(luck),
        options_(options),
        smaller_(std::min(samples.before.size(), samples.after.size())),
        identical_(options.paired && samples.before == samples.after) {
    if (smaller_ > 0 && !identical_) {
      sides_ = std::min(stats::independent_values(samples.before),
                        stats::independent_values(samples.after));
      independent_ = options.paired
                         ? std::min(sides_, stats::independent_values(differences_of(samples)))
                         : sides_;
    }
  }

  MetricChange row(const stats::Statistic& statistic) const {
    MetricChange out;
    out.statistic = statistic.text();
    out.verdict = Verdict::Inconclusive;
    if (smaller_ == 0) {
      out.why = "no job was done on both sides";
      return out;
    }
    const std::uint64_t least = std::max<std::uint64_t>(statistic.floor(false, options_.alpha), 2);
    if (smaller_ >= least) {
      show_values(out, statistic);
    }
    if (identical_) {
      out.low = out.high = out.change;
      out.verdict = Verdict::Same;
      return out;
    }
    const auto needed = static_cast<std::uint64_t>(
        std::max(10.0 * static_cast<double>(least), stats::kFewestIndependent));
    if (smaller_ < needed) {
      out.why = "needs " + std::to_string(needed) + " jobs a side";
      out.more_jobs = needed - smaller_;
      return out;
    }
    if (sides_ < stats::kFewestIndependent) {
      const auto text = [](double count) { return number_text(std::floor(count)); };
      out.why = "neighbouring jobs hang together: these tell as much as " + text(sides_) +
                " that share nothing, and " + text(stats::kFewestIndependent) +
                " are needed; run longer, or with several seeds";
      out.more_jobs = static_cast<std::uint64_t>(
          std::ceil(static_cast<double>(smaller_) * (stats::kFewestIndependent / sides_ - 1)));
      return out;
    }
    if (options_.paired) {
      test_pairs(out, statistic, least);
    } else if (!test_sides(out, statistic)) {
      refuse(out, smaller_);
    }
    return out;
  }

 private:
  void show_values(MetricChange& row, const stats::Statistic& statistic) const {
    row.before = to_batch(statistic).of(samples_.before);
    row.after = to_batch(statistic).of(samples_.after);
    if (*row.before > 0) {
      row.change = *row.after / *row.before - 1;
    }
  }

  static void refuse(MetricChange& row, std::uint64_t more_jobs) {
    row.why = "neighbouring jobs hang together too much: run longer, or with several seeds";
    row.more_jobs = more_jobs;
  }

  // 20 pairs of batches, 10 where those hang together or are too small.
  void test_pairs(MetricChange& row, const stats::Statistic& statistic, std::uint64_t least) const {
    for (const std::size_t batches : {std::size_t{20}, std::size_t{10}}) {
      const bool last = batches == 10;
      if (!last && smaller_ < batches * least) {
        continue;
      }
      const std::vector<double> before = batch_values(samples_.before, batches, statistic);
      const std::vector<double> after = batch_values(samples_.after, batches, statistic);
      const bool together = lag_of_ratios(before, after) > kMostLag;
      if (!last && together) {
        continue;
      }
      const double old_mean = stats::moments_of(before).mean();
      const double new_mean = stats::moments_of(after).mean();
      if (!(old_mean > 0 && new_mean > 0)) {
        row.verdict = old_mean == new_mean ? Verdict::Same : Verdict::Inconclusive;
        return;
      }
      const bool drifts = together || independent_ < stats::kFewestIndependent;
      if (!drifts) {
        put(row, stats::widened(stats::paired_ratio_of_means(before, after, luck_, options_.alpha),
                                stats::batch_widening(independent_, batches)));
      } else if (smaller_ >= kFewestTogether) {
        put(row, over_batches(before, after));
      } else {
        refuse(row, kFewestTogether - smaller_);
      }
      return;
    }
  }

  // False where the batches hang together, few as they are.
  bool test_sides(MetricChange& row, const stats::Statistic& statistic) const {
    const auto before = stats::batches_of(samples_.before, to_batch(statistic));
    const auto after = stats::batches_of(samples_.after, to_batch(statistic));
    if (!before || !after) {
      return false;
    }
    if (!(before->centre() > 0 && after->centre() > 0)) {
      row.verdict = before->whole == after->whole ? Verdict::Same : Verdict::Inconclusive;
      return true;
    }
    const double widening =
        stats::batch_widening(independent_, std::max(before->values.size(), after->values.size()));
    put(row, stats::widened(stats::batch_ratio(*before, *after, options_.alpha), widening));
    return true;
  }

  void put(MetricChange& row, const stats::Effect& effect) const {
    const stats::Judgement judgement =
        stats::judge(effect, {stats::log_tolerance(options_.tolerance), options_.better, smaller_});
    row.change = std::expm1(effect.estimate);
    if (effect.confidence.bounded()) {
      row.low = std::expm1(effect.confidence.low);
      row.high = std::expm1(effect.confidence.high);
    }
    row.verdict = judgement.verdict;
    row.more_jobs = judgement.more_samples;
    row.p_value = effect.p_value;
  }

  const Samples& samples_;
  const stats::Resampling& luck_;
  const stats::ChangeOptions& options_;
  std::size_t smaller_;
  bool identical_;
  double sides_ = 0;        // how many independent values the poorer side tells as much as
  double independent_ = 0;  // the same, of the differences of pairs too
};

}  // namespace

std::vector<MetricChange> change_of_batches(std::string_view name, const Samples& samples,
                                            std::span<const stats::Statistic> statistics,
                                            const stats::Resampling& luck,
                                            const stats::ChangeOptions& options) {
  const BatchComparison batches(samples, luck, options);
  std::vector<MetricChange> out;
  for (const stats::Statistic& statistic : statistics) {
    out.push_back(batches.row(statistic));
    out.back().name = name;
  }
  return out;
}

}  // namespace rehearse::record
