#include "harness/stats/change.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/check.hpp"
#include "harness/base/text.hpp"
#include "harness/stats/moments.hpp"
#include "harness/stats/quantile.hpp"
#include "harness/stats/rank_test.hpp"

namespace rehearse::stats {
namespace {

constexpr std::uint64_t kMeanFloor = 5;
constexpr double kFarLog = 1000;  // stands for the logarithm of a ratio with a zero in it

// One comparison's samples, with their ascending copies.
struct Samples {
  std::span<const double> before;
  std::span<const double> after;
  std::vector<double> before_ascending;
  std::vector<double> after_ascending;
};

bool usable(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return v >= 0 && v <= 1e300; });
}

double log_of(double before, double after) {
  if (before == after) {
    return 0;
  }
  return before == 0 ? kFarLog : after == 0 ? -kFarLog : std::log(after / before);
}

std::optional<double> as_change(double log_ratio) {
  const double change = std::expm1(log_ratio);
  return std::isfinite(change) ? std::optional(change) : std::nullopt;
}

// Effects of the location: logarithms, ranked.
Effect location_effect(const Samples& s, bool paired, double alpha) {
  if (paired) {
    std::vector<double> logs;
    logs.reserve(s.before.size());
    for (std::size_t i = 0; i < s.before.size(); ++i) {
      logs.push_back(log_of(s.before[i], s.after[i]));
    }
    return signed_rank_shift(logs, alpha);
  }
  const auto logs = [](const std::vector<double>& values) {
    std::vector<double> out;
    out.reserve(values.size());
    for (const double v : values) {
      out.push_back(v == 0 ? -kFarLog : std::log(v));
    }
    return out;
  };
  return rank_sum_shift(logs(s.before_ascending), logs(s.after_ascending), alpha);
}

// A mean or quantile that is zero on one side has no ratio; ranks can still tell which side is
// larger.
Effect one_sided_zero(const Samples& s, bool paired, double alpha, bool grew) {
  const Effect ranks = location_effect(s, paired, alpha);
  Effect out;
  out.estimate = grew ? kFarLog : -kFarLog;
  out.p_value = ranks.p_value;
  if (ranks.p_value <= alpha) {
    out.confidence = out.equivalence = {out.estimate, out.estimate};
  }
  return out;
}

struct Found {
  Effect effect;
  const char* method = "";
};

Found effect_of(const Samples& s, const Statistic& statistic, double before, double after,
                const Resampling& luck, const ChangeOptions& options) {
  const double alpha = options.alpha;
  if (statistic.is_location()) {
    return {location_effect(s, options.paired, alpha), options.paired ? "signed rank" : "rank sum"};
  }
  if (before == 0 && after == 0 && statistic.is_mean()) {
    return {Effect{0, {0, 0}, {0, 0}, 1}, "all zero"};
  }
  if ((before == 0) != (after == 0)) {
    return {one_sided_zero(s, options.paired, alpha, before == 0), "ranks (a side is zero)"};
  }
  if (statistic.is_mean()) {
    return {options.paired ? paired_ratio_of_means(s.before, s.after, luck, alpha)
                           : ratio_of_means(s.before, s.after, luck, alpha),
            "bootstrap-t"};
  }
  const PairedSamples pairs{s.before, s.after, s.before_ascending, s.after_ascending};
  return {options.paired
              ? paired_quantile_ratio(pairs, statistic.q(), luck, alpha)
              : quantile_ratio(s.before_ascending, s.after_ascending, statistic.q(), luck, alpha),
          "order statistics"};
}

void put_effect(Change& row, const Effect& effect, const ChangeOptions& options) {
  const JudgeOptions judged{log_tolerance(options.tolerance), options.better,
                            std::min(row.count_before, row.count_after)};
  const Judgement judgement = judge(effect, judged);
  row.verdict = judgement.verdict;
  row.beyond_tolerance = judgement.beyond_tolerance;
  row.more_samples = judgement.more_samples;
  row.p_value = effect.p_value;
  row.change = as_change(effect.estimate);
  const auto low = as_change(effect.confidence.low);
  const auto high = as_change(effect.confidence.high);
  if (low && high) {
    row.interval = Interval{*low, *high};
  }
  if (!row.change) {
    row.note = "no ratio: the value before is zero";
  } else if (!row.interval) {
    row.note = "the samples set no bound on the change";
  }
}

Change empty_row(const Samples& s, const Statistic& statistic) {
  Change row;
  row.statistic = statistic.text();
  row.count_before = s.before.size();
  row.count_after = s.after.size();
  return row;
}

std::optional<double> value_of(std::span<const double> values, std::span<const double> ascending,
                               const Statistic& statistic, std::uint64_t floor) {
  if (values.empty() || (!statistic.is_mean() && values.size() < floor)) {
    return std::nullopt;
  }
  return statistic.is_mean()
             ? moments_of(values).mean()
             : sorted_quantile(ascending, statistic.is_quantile() ? statistic.q() : 0.5);
}

Change row_of(const Samples& s, const Statistic& statistic, bool identical, const Resampling& luck,
              const ChangeOptions& options) {
  Change row = empty_row(s, statistic);
  const std::uint64_t floor = statistic.floor(options.paired, options.alpha);
  row.before = value_of(s.before, s.before_ascending, statistic, floor);
  row.after = value_of(s.after, s.after_ascending, statistic, floor);
  const std::uint64_t fewest = std::min(row.count_before, row.count_after);
  if (fewest < floor) {
    row.note = "needs " + std::to_string(floor) + " samples, found " + std::to_string(fewest);
    row.more_samples = floor - fewest;
  }
  if (identical) {
    put_effect(row, Effect{0, {0, 0}, {0, 0}, 1}, options);
    row.method = "identical samples";
    row.more_samples = 0;
    return row;
  }
  if (fewest < floor) {
    if (row.before && row.after && (*row.before > 0 || *row.after == 0)) {
      row.change = as_change(log_of(*row.before, *row.after));
    }
    return row;
  }
  const Found found = effect_of(s, statistic, *row.before, *row.after, luck, options);
  row.method = found.method;
  put_effect(row, found.effect, options);
  return row;
}

}  // namespace

Statistic Statistic::quantile(double q) {
  REHEARSE_CHECK(q > 0 && q < 1);
  return {Kind::Quantile, q};
}

std::string Statistic::text() const {
  if (kind_ == Kind::Quantile) {
    std::string out = "p";
    out += number_text(std::round(q_ * 1e8) / 1e6);  // rounded, since 100 * 0.57 is not 57
    return out;
  }
  return kind_ == Kind::Mean ? "mean" : "location";
}

std::uint64_t Statistic::floor(bool paired, double alpha) const {
  if (kind_ == Kind::Quantile) {
    return min_samples(q_, 1 - alpha);
  }
  if (paired) {
    return min_samples(0.5, 1 - alpha);  // 2^-n <= alpha / 2: the most extreme of the sign flips
  }
  if (kind_ == Kind::Mean) {
    return kMeanFloor;
  }
  std::uint64_t n = 1;
  for (double splits = 2; 1 / splits > alpha / 2; ++n) {
    const auto k = static_cast<double>(n + 1);
    splits *= 2 * (2 * k - 1) / k;  // C(2k, k) from C(2k - 2, k - 1)
  }
  return n;
}

std::vector<Statistic> usual_statistics() {
  return {Statistic::mean(), Statistic::quantile(0.5), Statistic::quantile(0.9),
          Statistic::quantile(0.95), Statistic::quantile(0.99)};
}

std::vector<Change> compare_samples(std::span<const double> before, std::span<const double> after,
                                    std::span<const Statistic> statistics, const Resampling& luck,
                                    const ChangeOptions& options) {
  Samples samples{before, after, {}, {}};
  std::vector<Change> rows;
  const bool bad = !usable(before) || !usable(after);
  const bool unequal = options.paired && before.size() != after.size();
  if (bad || unequal) {
    for (const Statistic& statistic : statistics) {
      rows.push_back(empty_row(samples, statistic));
      rows.back().note =
          bad ? "a value is negative or not a number" : "paired samples must be of one size";
    }
    return rows;
  }
  const bool identical = !before.empty() && std::ranges::equal(before, after);
  samples.before_ascending = sorted(before);
  samples.after_ascending = identical ? samples.before_ascending : sorted(after);
  for (const Statistic& statistic : statistics) {
    rows.push_back(row_of(samples, statistic, identical, luck, options));
  }
  return rows;
}

Change compare_rates(Rate before, Rate after, double tolerance, double alpha) {
  Change row;
  row.statistic = "rate";
  row.count_before = before.trials;
  row.count_after = after.trials;
  row.method = "score";
  if (before.trials == 0 || after.trials == 0) {
    row.note = "needs at least one trial on each side";
    row.more_samples = 1;
    return row;
  }
  row.before = before.value();
  row.after = after.value();
  row.change = after.value() - before.value();
  Effect effect;
  effect.estimate = *row.change;
  effect.confidence = miettinen_nurminen_difference(before, after, 1 - alpha);
  effect.equivalence = miettinen_nurminen_difference(before, after, 1 - 2 * alpha);
  const std::uint64_t fewest =
      std::min({before.hits, after.hits, before.trials - before.hits, after.trials - after.hits});
  row.interval = effect.confidence;
  row.p_value = fewest < 10 ? fisher_p(before, after) : score_p(before, after);
  const Judgement judgement =
      judge(effect, {tolerance, Better::Lower, std::min(before.trials, after.trials)});
  row.verdict = judgement.verdict;
  row.beyond_tolerance = judgement.beyond_tolerance;
  row.more_samples = judgement.more_samples;
  return row;
}

}  // namespace rehearse::stats
