#include "harness/record/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/base/text.hpp"
#include "harness/record/comparison_words.hpp"
#include "harness/record/culprit.hpp"
#include "harness/record/metric_change.hpp"
#include "harness/record/pairing.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/run_differences.hpp"
#include "harness/record/side_values.hpp"
#include "harness/stats/batch_means.hpp"

namespace rehearse::record {
namespace {

RunPoint pooled(const ComparisonSide& side) {
  return side.seeds.size() > 1 ? pool(side.seeds) : side.point;
}

Objective plain(Stat stat, Metric metric, double argument = 0) {
  Objective out;
  out.stat = stat;
  out.metric = metric;
  out.argument = argument;
  return out;
}

class Comparer {
 public:
  Comparer(const ComparisonSide& before, const ComparisonSide& after,
           const ComparisonOptions& options)
      : before_(before),
        after_(after),
        options_(options),
        luck_(options.seed, options.resamples),
        before_point_(pooled(before)),
        after_point_(pooled(after)),
        choice_(choose_pairing(before, after)) {}

  Comparison run() {
    out_.before = summarise(before_point_);
    out_.after = summarise(after_point_);
    fall_back_where_nothing_pairs();
    out_.pairing = pairing_name(choice_.pairing);
    out_.pairing_why = choice_.why;
    out_.warnings = run_differences(before_.point.header, after_.point.header);
    const std::string parameters =
        parameter_differences(before_.point.header.parameters, after_.point.header.parameters);
    if (!parameters.empty()) {
      out_.notes.push_back("parameters differ: " + parameters);
    }
    warn_of(out_.before, before_, "before");
    warn_of(out_.after, after_, "after");
    price_of_a_job();
    metrics();
    stages();
    correct();
    judge_overall(out_);
    out_.culprit = find_culprit(out_.before, out_.after, out_.stages);
    if (out_.culprit && out_.culprit->cause == Cause::Code && !parameters.empty()) {
      out_.culprit->why = "its own time changed, where parameters did: " + parameters;
    }
    return std::move(out_);
  }

 private:
  bool of_runs() const {
    return choice_.pairing == Pairing::Seeds || choice_.pairing == Pairing::Runs;
  }

  void fall_back_where_nothing_pairs() {
    const Objective response = plain(Stat::Mean, Metric::Response);
    if (of_runs()) {
      const Samples runs = lay_side_by_side(run_values(before_, response),
                                            run_values(after_, response), choice_.pairing);
      out_.units = std::min(runs.before.size(), runs.after.size());
      return;
    }
    const auto before = *job_values(before_, response);
    const auto after = *job_values(after_, response);
    const Samples paired = lay_side_by_side(before, after, Pairing::Jobs);
    const std::size_t smaller = std::min(before.size(), after.size());
    out_.units = smaller;
    if (choice_.pairing == Pairing::Unpaired) {
      return;
    }
    if (smaller > 0 && paired.before.size() * 2 < smaller) {
      choice_.pairing = Pairing::Unpaired;
      choice_.why = "too few jobs were done and kept on both sides";
      return;
    }
    out_.units = paired.before.size();
  }

  void warn_of(const RunSummary& summary, const ComparisonSide& side, const std::string& name) {
    for (const std::string& reason : summary.invalid_reasons) {
      out_.warnings.push_back("the run " + name + " is invalid: " + reason);
    }
    if (summary.done == 0) {
      out_.warnings.push_back("no job was done " + name);
    }
    const double lost = static_cast<double>(summary.failed + summary.timed_out + summary.cancelled);
    if (summary.done > 0 && lost > 0.1 * static_cast<double>(summary.done)) {
      out_.warnings.push_back(
          "many jobs were not done " + name +
          ": times are of the done ones alone, and those may be the quick ones");
    }
    warn_of_cold_start(side, name);
  }

  // Only where jobs run one at a time in real time: a queue that fills looks like a cold start too,
  // and cutting it makes the bias worse. Nothing is cut behind anybody's back.
  void warn_of_cold_start(const ComparisonSide& side, const std::string& name) {
    constexpr std::size_t kFewest = 50;
    const RunHeader& header = side.point.header;
    if (header.against == "sim" || !header.isolated || side.seeds.size() > 1) {
      return;
    }
    const auto jobs = job_values(side, plain(Stat::Mean, Metric::Response));
    std::vector<double> values;
    for (const SideValue& each : *jobs) {
      values.push_back(each.value);
    }
    const std::size_t cut = values.size() < kFewest ? 0 : stats::mser5(values);
    if (cut == 0) {
      return;
    }
    const stats::BatchStatistic mean;
    const double cold = mean.of(std::span(values).first(cut));
    const double warm = mean.of(std::span(values).subspan(cut));
    if (cold > 1.2 * warm) {
      out_.warnings.push_back("the first " + std::to_string(cut) + " jobs " + name +
                              " look like a cold start: run with --warmup " + std::to_string(cut));
    }
  }

  void price_of_a_job() {
    for (const RunSummary* const side : {&out_.before, &out_.after}) {
      const double jobs = static_cast<double>(std::max<std::uint64_t>(
          1, side->done + side->failed + side->timed_out + side->cancelled));
      out_.more_job_s += side->elapsed_s / jobs;
      out_.more_job_usd += side->cost_usd.total / jobs;
    }
  }

  double jobs_a_side() const {
    return static_cast<double>(std::min(out_.before.done, out_.after.done));
  }

  std::uint64_t jobs_a_run() const {
    const std::size_t runs = std::min(before_.seeds.size(), after_.seeds.size());
    return std::max<std::uint64_t>(
        1, std::min(out_.before.done, out_.after.done) / std::max<std::size_t>(1, runs));
  }

  // One row of whole runs: the value of an objective in each.
  MetricChange row_of_runs(std::string_view name, const Objective& what,
                           const std::string& statistic) {
    const Samples samples =
        lay_side_by_side(run_values(before_, what), run_values(after_, what), choice_.pairing);
    RunFigures figures;
    figures.statistic = statistic;
    figures.mean = what.stat == Stat::Mean;
    figures.before = run_value(what, before_point_);
    figures.after = run_value(what, after_point_);
    figures.jobs_a_run = static_cast<double>(jobs_a_run());
    MetricChange row = change_of_runs(name, samples, figures, choice_, luck_, options_);
    const Judgement one = judge(what, before_.point);
    if (samples.before.empty() && !one.why.empty()) {
      row.why = one.why + " in each run";
      const std::uint64_t floor = what.stat == Stat::Quantile ? quantile_floor(what.argument) : 0;
      row.more_jobs = floor > jobs_a_run() ? (floor - jobs_a_run()) * out_.units : 0;
    }
    return row;
  }

  void metric(std::string_view name, Metric metric, std::span<const stats::Statistic> statistics) {
    if (of_runs()) {
      for (const stats::Statistic& statistic : statistics) {
        const Objective what = statistic.is_mean() ? plain(Stat::Mean, metric)
                                                   : plain(Stat::Quantile, metric, statistic.q());
        out_.metrics.push_back(row_of_runs(name, what, statistic.text()));
      }
      return;
    }
    const Objective what = plain(Stat::Mean, metric);
    const Samples samples =
        lay_side_by_side(*job_values(before_, what), *job_values(after_, what), choice_.pairing);
    for (MetricChange& row : change_of(name, samples, statistics, choice_, luck_, options_)) {
      out_.metrics.push_back(std::move(row));
    }
  }

  void metrics() {
    const std::vector<stats::Statistic> times{
        stats::Statistic::mean(), stats::Statistic::quantile(0.5), stats::Statistic::quantile(0.95),
        stats::Statistic::quantile(0.99)};
    metric("response_s", Metric::Response, times);
    if (shows_first_results()) {
      metric("first_result_s", Metric::FirstResult, std::span(times).first(3));
    }
    metric("cost_usd", Metric::Cost, std::span(times).first(1));
    out_.metrics.push_back(error_row());
  }

  MetricChange error_row() {
    const auto rate = [](const RunSummary& side) {
      return stats::Rate{side.failed + side.timed_out, side.done + side.failed + side.timed_out};
    };
    const stats::Rate before = rate(out_.before);
    const stats::Rate after = rate(out_.after);
    if (of_runs() && before.hits + after.hits > 0) {
      return rate_of_runs();
    }
    MetricChange row = change_of_rates("error_rate", before, after, ChangeInRates{});
    // Few jobs do not prove that nothing ever fails, but nobody needs thousands more to be calm.
    if (before.hits == 0 && after.hits == 0 && row.verdict == Verdict::Inconclusive &&
        before.trials > 0 && after.trials > 0) {
      row.why = before.trials == after.trials
                    ? "0 of " + std::to_string(before.trials) + " on both sides"
                    : "0 of " + std::to_string(before.trials) + " before, 0 of " +
                          std::to_string(after.trials) + " after";
      row.more_jobs = 0;
    }
    return row;
  }

  MetricChange rate_of_runs() {
    const Objective what = plain(Stat::Rate, Metric::Errors);
    const Samples samples =
        lay_side_by_side(run_values(before_, what), run_values(after_, what), choice_.pairing);
    MetricChange row = difference_of_runs("error_rate", samples, choice_, ChangeInRates{});
    row.before = run_value(what, before_point_);
    row.after = run_value(what, after_point_);
    row.more_jobs *= jobs_a_run();
    return row;
  }

  bool shows_first_results() const {
    const auto differs = [](const RunSummary& side) {
      return side.first_result_s.count > 0 &&
             side.first_result_s.total < side.response_s.total * (1 - 1e-9);
    };
    return differs(out_.before) || differs(out_.after);
  }

  MetricChange stage_row(std::string_view name, const std::vector<SideValue>& before,
                         const std::vector<SideValue>& after) {
    const stats::Statistic mean = stats::Statistic::mean();
    const Samples samples = lay_side_by_side(before, after, choice_.pairing);
    return change_of(name, samples, std::span(&mean, 1), choice_, luck_, options_).front();
  }

  // In the order of the file, as in a run's report; a stage of `after` alone stands behind the one
  // that it follows there.
  std::vector<std::string> stage_paths() const {
    std::vector<std::string> paths;
    for (const StageSummary& stage : out_.before.stages) {
      paths.push_back(stage.info.path);
    }
    auto place = paths.begin();
    for (const StageSummary& stage : out_.after.stages) {
      const auto found = std::find(paths.begin(), paths.end(), stage.info.path);
      place = 1 + (found != paths.end() ? found : paths.insert(place, stage.info.path));
    }
    return paths;
  }

  void stages() {
    if (of_runs()) {
      stages_of_runs();
      return;
    }
    const std::map<std::string, StageValues> before = by_stage(before_);
    const std::map<std::string, StageValues> after = by_stage(after_);
    const StageValues none;
    for (const std::string& path : stage_paths()) {
      const auto b = before.find(path);
      const auto a = after.find(path);
      StageChange row;
      row.stage = path;
      row.in_before = b != before.end();
      row.in_after = a != after.end();
      const StageValues& left = row.in_before ? b->second : none;
      const StageValues& right = row.in_after ? a->second : none;
      if (row.in_before && row.in_after) {
        row.response_s = stage_row("response_s", left.response, right.response);
        row.cost_usd = stage_row("cost_usd", left.cost, right.cost);
      } else if (row.in_before || row.in_after) {
        one_sided(row.response_s, "response_s", mean_of(left.response), mean_of(right.response));
        one_sided(row.cost_usd, "cost_usd", mean_of(left.cost), mean_of(right.cost));
      } else {
        continue;
      }
      out_.stages.push_back(std::move(row));
    }
  }

  void stages_of_runs() {
    const auto ran = [](const RunPoint& point, const std::string& path) {
      for (std::size_t i = 0; i < point.header.stages.size(); ++i) {
        if (point.header.stages[i].path == path) {
          return point.tally.stages[i].response.count() > 0;
        }
      }
      return false;
    };
    for (const std::string& path : stage_paths()) {
      StageChange row;
      row.stage = path;
      row.in_before = ran(before_point_, path);
      row.in_after = ran(after_point_, path);
      Objective time = plain(Stat::Mean, Metric::Response);
      time.scope = Scope::Stage;
      time.name = path;
      Objective money = time;
      money.metric = Metric::Cost;
      if (row.in_before && row.in_after) {
        row.response_s = row_of_runs("response_s", time, "mean");
        row.cost_usd = row_of_runs("cost_usd", money, "mean");
      } else if (row.in_before || row.in_after) {
        const auto value = [](const Objective& what, const RunPoint& point, bool there) {
          return there ? run_value(what, point) : std::nullopt;
        };
        one_sided(row.response_s, "response_s", value(time, before_point_, row.in_before),
                  value(time, after_point_, row.in_after));
        one_sided(row.cost_usd, "cost_usd", value(money, before_point_, row.in_before),
                  value(money, after_point_, row.in_after));
      } else {
        continue;
      }
      out_.stages.push_back(std::move(row));
    }
  }

  static std::optional<double> mean_of(const std::vector<SideValue>& values) {
    double sum = 0;
    for (const SideValue& value : values) {
      sum += value.value;
    }
    return values.empty() ? std::nullopt : std::optional(sum / static_cast<double>(values.size()));
  }

  static void one_sided(MetricChange& row, std::string_view name, std::optional<double> before,
                        std::optional<double> after) {
    row.name = name;
    row.statistic = "mean";
    row.why = !before ? "not there before" : "not there after";
    row.before = before;
    row.after = after;
  }

  // The rows that the verdict is made of are tested together; all others are a list of suspects.
  void correct() {
    std::vector<MetricChange*> headline;
    std::vector<MetricChange*> others;
    for (MetricChange& row : out_.metrics) {
      const bool speaks =
          row.name == "cost_usd" || row.name == "error_rate" ||
          (row.name == "response_s" && (row.statistic == "mean" || row.statistic == "p50"));
      (speaks ? headline : others).push_back(&row);
    }
    for (StageChange& stage : out_.stages) {
      others.push_back(&stage.response_s);
      others.push_back(&stage.cost_usd);
    }
    const double alpha = 1 - options_.confidence;
    correct_for_many(headline, Correction::Holm, alpha, jobs_a_side());
    correct_for_many(others, Correction::BenjaminiHochberg, alpha, jobs_a_side());
  }

  const ComparisonSide& before_;
  const ComparisonSide& after_;
  const ComparisonOptions& options_;
  stats::Resampling luck_;
  RunPoint before_point_;
  RunPoint after_point_;
  PairingChoice choice_;
  Comparison out_;
};

}  // namespace

Result<Comparison> compare(const ComparisonSide& before, const ComparisonSide& after,
                           const ComparisonOptions& options) {
  const std::string& a = before.point.header.scenario;
  const std::string& b = after.point.header.scenario;
  if (a != b && !options.force) {
    return Error{"", "these are runs of two scenarios, " + quoted_excerpt(a) + " and " +
                         quoted_excerpt(b) + ": compare runs of one, or insist with --force"};
  }
  return Comparer(before, after, options).run();
}

}  // namespace rehearse::record
