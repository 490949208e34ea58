#include "harness/record/delta.hpp"

#include <cmath>

#include "harness/record/metric_change.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/side_values.hpp"

namespace rehearse::record {
namespace {

bool is_share(const Objective& objective) {
  return objective.stat == Stat::Share || unit_of(objective) == ValueUnit::Ratio;
}

double whole(const ComparisonSide& side, const Objective& what, std::optional<double>& into) {
  into = run_value(what, side.seeds.size() > 1 ? pool(side.seeds) : side.point);
  return into.value_or(0);
}

// Trials of a rate that counts jobs; 0 where it counts something else.
std::uint64_t trials_of(const Objective& what, const RunPoint& point) {
  if (what.scope != Scope::Run) {
    return 0;
  }
  if (what.stat == Stat::Share) {
    const bool money = what.metric == Metric::Cost;
    return money ? point.tally.jobs.cost.count()
                 : point.tally.jobs.response.count() + point.tally.jobs.timed_out;
  }
  const bool jobs = what.metric == Metric::Errors || what.metric == Metric::Timeouts;
  return jobs ? point.tally.jobs.ended() : 0;
}

class Delta {
 public:
  Delta(const Objective& what, const ComparisonSide& before, const ComparisonSide& after,
        const PairingChoice& choice, const stats::Resampling& luck,
        const ComparisonOptions& options)
      : what_(what),
        before_(before),
        after_(after),
        choice_(choice),
        luck_(luck),
        options_(options) {
    options_.better = upper() ? stats::Better::Lower : stats::Better::Higher;
  }

  MetricChange run() {
    whole(before_, what_, out_.before);
    whole(after_, what_, out_.after);
    limit_ = what_.value;
    const bool share = is_share(what_);
    if (!share && what_.unit != ValueUnit::Ratio) {
      limit_ = out_.before && *out_.before > 0 ? what_.value / *out_.before : 0;
    }
    options_.tolerance = std::min(std::abs(limit_), 100.0);
    MetricChange row = share ? difference() : ratio();
    row.name = std::string(metric_name(what_.metric));
    row.before = out_.before;
    row.after = out_.after;
    if (upper() ? limit_ < 0 : limit_ > 0) {
      must_change(row);
    }
    return row;
  }

 private:
  bool upper() const { return what_.op == Op::Less || what_.op == Op::LessEqual; }

  Samples of_each_run() const {
    return lay_side_by_side(run_values(before_, what_), run_values(after_, what_), choice_.pairing);
  }

  static MetricChange cannot(std::string why) {
    MetricChange row;
    row.verdict = Verdict::Inconclusive;
    row.why = std::move(why);
    return row;
  }

  std::string why_no_value() const {
    Objective plain = what_;
    plain.delta = false;
    const Judgement b = judge(plain, before_.point);
    return b.why.empty() ? judge(plain, after_.point).why : b.why;
  }

  std::uint64_t jobs_a_run() const {
    return std::max<std::uint64_t>(1, before_.point.tally.jobs.ended());
  }

  MetricChange difference() const {
    const ChangeInRates rates{options_.tolerance, 1 - options_.confidence, options_.better};
    if (of_whole_runs(choice_.pairing)) {
      MetricChange row = difference_of_runs("", of_each_run(), choice_, rates);
      row.more_jobs *= jobs_a_run();
      return row;
    }
    const std::uint64_t n = trials_of(what_, before_.point);
    const std::uint64_t m = trials_of(what_, after_.point);
    if (!out_.before || !out_.after) {
      return cannot(why_no_value());
    }
    if (n == 0 || m == 0) {
      return cannot("is one number of a run: make both runs with --seeds 20");
    }
    const auto rate = [](double value, std::uint64_t trials) {
      const double hits = std::round(value * static_cast<double>(trials));
      return stats::Rate{static_cast<std::uint64_t>(hits), trials};
    };
    MetricChange row = change_of_rates("", rate(*out_.before, n), rate(*out_.after, m), rates);
    if (options_.better == stats::Better::Higher && row.change) {
      row.verdict = row.verdict == Verdict::Improved    ? Verdict::Regressed
                    : row.verdict == Verdict::Regressed ? Verdict::Improved
                                                        : row.verdict;
    }
    return row;
  }

  MetricChange ratio() const {
    const bool quantile = what_.stat == Stat::Quantile;
    const bool mean = what_.stat == Stat::Mean;
    if (of_whole_runs(choice_.pairing)) {
      RunFigures figures;
      figures.mean = mean;
      figures.jobs_a_run = static_cast<double>(jobs_a_run());
      const Samples samples = of_each_run();
      MetricChange row = change_of_runs("", samples, figures, choice_, luck_, options_);
      if (samples.before.empty()) {
        const std::uint64_t floor = quantile ? quantile_floor(what_.argument) : 0;
        const std::uint64_t runs = std::min(before_.seeds.size(), after_.seeds.size());
        row.why = why_no_value() + " in each run";
        row.more_jobs = floor > jobs_a_run() ? (floor - jobs_a_run()) * runs : 0;
      }
      return row;
    }
    if (!quantile && !(mean && !is_scalar(what_.metric))) {
      return cannot("is one number of a run: make both runs with --seeds 20");
    }
    const auto before = job_values(before_, what_);
    const auto after = job_values(after_, what_);
    if (!before || !after) {
      const std::string why = why_no_value();
      return cannot(why.empty() ? "no value of it was kept of each job" : why);
    }
    const stats::Statistic statistic =
        quantile ? stats::Statistic::quantile(what_.argument) : stats::Statistic::mean();
    return change_of("", lay_side_by_side(*before, *after, choice_.pairing),
                     std::span(&statistic, 1), choice_, luck_, options_)
        .front();
  }

  // The limit asks for a change: the whole interval must lie past it, or before it.
  void must_change(MetricChange& row) const {
    if (!row.low || !row.high) {
      row.verdict = Verdict::Inconclusive;
      return;
    }
    const bool reached = upper() ? *row.high < limit_ : *row.low > limit_;
    const bool missed = upper() ? *row.low > limit_ : *row.high < limit_;
    row.verdict = reached ? Verdict::Improved : missed ? Verdict::Regressed : Verdict::Inconclusive;
  }

  const Objective& what_;
  const ComparisonSide& before_;
  const ComparisonSide& after_;
  const PairingChoice& choice_;
  const stats::Resampling& luck_;
  ComparisonOptions options_;
  double limit_ = 0;
  MetricChange out_;  // the values on both sides
};

}  // namespace

MetricChange delta_change(const Objective& objective, const ComparisonSide& before,
                          const ComparisonSide& after, const PairingChoice& choice,
                          const stats::Resampling& luck, const ComparisonOptions& options) {
  return Delta(objective, before, after, choice, luck, options).run();
}

}  // namespace rehearse::record
