#include "harness/record/comparison_rows.hpp"

#include <algorithm>

#include "harness/base/parallel.hpp"

namespace rehearse::record {
namespace {

std::optional<double> mean_of(const std::vector<SideValue>& values) {
  double sum = 0;
  for (const SideValue& value : values) {
    sum += value.value;
  }
  return values.empty() ? std::nullopt : std::optional(sum / static_cast<double>(values.size()));
}

// A row of a stage that is there on one side alone.
MetricChange one_sided(std::string_view name, std::optional<double> before,
                       std::optional<double> after) {
  MetricChange row;
  row.name = name;
  row.statistic = "mean";
  row.why = !before ? "not there before" : "not there after";
  row.before = before;
  row.after = after;
  return row;
}

bool ran(const RunPoint& point, const std::string& path) {
  for (std::size_t i = 0; i < point.header.stages.size(); ++i) {
    if (point.header.stages[i].path == path) {
      return point.tally.stages[i].response.count() > 0;
    }
  }
  return false;
}

Objective mean_of_stage(Metric metric, const std::string& path) {
  Objective out = statistic_of(Stat::Mean, metric);
  out.scope = Scope::Stage;
  out.name = path;
  return out;
}

}  // namespace

Objective statistic_of(Stat stat, Metric metric, double argument) {
  Objective out;
  out.stat = stat;
  out.metric = metric;
  out.argument = argument;
  return out;
}

void ComparisonRows::make() {
  const unsigned threads = what_.options.threads;
  if (!of_whole_runs(what_.choice.pairing)) {
    for_each_parallel(
        2,
        [&](std::size_t side) {
          (side == 0 ? stages_before_ : stages_after_) =
              by_stage(side == 0 ? what_.before : what_.after);
        },
        threads);
  }
  add_metrics();
  add_stages();
  for_each_parallel(work_.size(), [&](std::size_t i) { work_[i](); }, threads);
  for (Rows& rows : metrics_) {
    std::move(rows.begin(), rows.end(), std::back_inserter(out_.metrics));
  }
}

std::uint64_t ComparisonRows::jobs_a_run() const {
  const std::size_t runs = std::min(what_.before.seeds.size(), what_.after.seeds.size());
  return std::max<std::uint64_t>(
      1, std::min(out_.before.done, out_.after.done) / std::max<std::size_t>(1, runs));
}

// One row of whole runs: the value of an objective in each.
MetricChange ComparisonRows::row_of_runs(std::string_view name, const Objective& what,
                                         const std::string& statistic) const {
  const Samples samples = lay_side_by_side(run_values(what_.before, what),
                                           run_values(what_.after, what), what_.choice.pairing);
  RunFigures figures;
  figures.statistic = statistic;
  figures.mean = what.stat == Stat::Mean;
  figures.before = run_value(what, what_.before_point);
  figures.after = run_value(what, what_.after_point);
  figures.jobs_a_run = static_cast<double>(jobs_a_run());
  MetricChange row =
      change_of_runs(name, samples, figures, what_.choice, what_.luck, what_.options);
  const Judgement one = judge(what, what_.before.point);
  if (samples.before.empty() && !one.why.empty()) {
    row.why = one.why + " in each run";
    const std::uint64_t floor = what.stat == Stat::Quantile ? quantile_floor(what.argument) : 0;
    row.more_jobs = floor > jobs_a_run() ? (floor - jobs_a_run()) * out_.units : 0;
  }
  return row;
}

void ComparisonRows::add_metric(std::string_view name, Metric metric,
                                std::span<const stats::Statistic> statistics) {
  if (!of_whole_runs(what_.choice.pairing)) {
    Rows& place = metrics_.emplace_back();
    work_.push_back([this, name, metric, statistics, &place] {
      const Objective what = statistic_of(Stat::Mean, metric);
      place = change_of(name,
                        lay_side_by_side(*job_values(what_.before, what),
                                         *job_values(what_.after, what), what_.choice.pairing),
                        statistics, what_.choice, what_.luck, what_.options);
    });
    return;
  }
  for (const stats::Statistic& statistic : statistics) {
    Rows& place = metrics_.emplace_back();
    work_.push_back([this, name, metric, statistic, &place] {
      const Objective what = statistic.is_mean()
                                 ? statistic_of(Stat::Mean, metric)
                                 : statistic_of(Stat::Quantile, metric, statistic.q());
      place = {row_of_runs(name, what, statistic.text())};
    });
  }
}

void ComparisonRows::add_metrics() {
  static const stats::Statistic kTimes[] = {
      stats::Statistic::mean(), stats::Statistic::quantile(0.5), stats::Statistic::quantile(0.95),
      stats::Statistic::quantile(0.99)};
  const std::span times(kTimes);
  add_metric("response_s", Metric::Response, times);
  if (shows_first_results()) {
    add_metric("first_result_s", Metric::FirstResult, times.first(3));
  }
  add_metric("cost_usd", Metric::Cost, times.first(1));
  metrics_.push_back({error_row()});
}

MetricChange ComparisonRows::error_row() const {
  const auto rate = [](const RunSummary& side) {
    return stats::Rate{side.failed + side.timed_out, side.done + side.failed + side.timed_out};
  };
  const stats::Rate before = rate(out_.before);
  const stats::Rate after = rate(out_.after);
  if (of_whole_runs(what_.choice.pairing) && before.hits + after.hits > 0) {
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

MetricChange ComparisonRows::rate_of_runs() const {
  const Objective what = statistic_of(Stat::Rate, Metric::Errors);
  const Samples samples = lay_side_by_side(run_values(what_.before, what),
                                           run_values(what_.after, what), what_.choice.pairing);
  MetricChange row = difference_of_runs("error_rate", samples, what_.choice, ChangeInRates{});
  row.before = run_value(what, what_.before_point);
  row.after = run_value(what, what_.after_point);
  row.more_jobs *= jobs_a_run();
  return row;
}

bool ComparisonRows::shows_first_results() const {
  const auto differs = [](const RunSummary& side) {
    return side.first_result_s.count > 0 &&
           side.first_result_s.total < side.response_s.total * (1 - 1e-9);
  };
  return differs(out_.before) || differs(out_.after);
}

// In the order of the file, as in a run's report; a stage of `after` alone stands behind the one
// that it follows there.
std::vector<std::string> ComparisonRows::stage_paths() const {
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

StageChange ComparisonRows::stage_of_jobs(const std::string& path) const {
  const auto before = stages_before_.find(path);
  const auto after = stages_after_.find(path);
  StageChange out;
  out.stage = path;
  out.in_before = before != stages_before_.end();
  out.in_after = after != stages_after_.end();
  if (out.in_before != out.in_after) {
    const StageValues none;
    const StageValues& left = out.in_before ? before->second : none;
    const StageValues& right = out.in_after ? after->second : none;
    out.response_s = one_sided("response_s", mean_of(left.response), mean_of(right.response));
    out.cost_usd = one_sided("cost_usd", mean_of(left.cost), mean_of(right.cost));
  }
  return out;
}

StageChange ComparisonRows::stage_of_runs(const std::string& path) const {
  StageChange out;
  out.stage = path;
  out.in_before = ran(what_.before_point, path);
  out.in_after = ran(what_.after_point, path);
  if (out.in_before != out.in_after) {
    const auto row = [&](std::string_view name, Metric metric) {
      const Objective what = mean_of_stage(metric, path);
      return one_sided(name, out.in_before ? run_value(what, what_.before_point) : std::nullopt,
                       out.in_after ? run_value(what, what_.after_point) : std::nullopt);
    };
    out.response_s = row("response_s", Metric::Response);
    out.cost_usd = row("cost_usd", Metric::Cost);
  }
  return out;
}

MetricChange ComparisonRows::stage_row(const std::string& path, std::string_view name,
                                       Metric metric) const {
  if (of_whole_runs(what_.choice.pairing)) {
    return row_of_runs(name, mean_of_stage(metric, path), "mean");
  }
  const StageValues& before = stages_before_.at(path);
  const StageValues& after = stages_after_.at(path);
  const bool time = metric == Metric::Response;
  const stats::Statistic mean = stats::Statistic::mean();
  return change_of(name,
                   lay_side_by_side(time ? before.response : before.cost,
                                    time ? after.response : after.cost, what_.choice.pairing),
                   std::span(&mean, 1), what_.choice, what_.luck, what_.options)
      .front();
}

void ComparisonRows::add_stages() {
  for (const std::string& path : stage_paths()) {
    StageChange stage =
        of_whole_runs(what_.choice.pairing) ? stage_of_runs(path) : stage_of_jobs(path);
    if (stage.in_before || stage.in_after) {
      out_.stages.push_back(std::move(stage));
    }
  }
  for (StageChange& stage : out_.stages) {  // their places stand from here on
    if (stage.in_before && stage.in_after) {
      work_.push_back([this, &stage] {
        stage.response_s = stage_row(stage.stage, "response_s", Metric::Response);
      });
      work_.push_back(
          [this, &stage] { stage.cost_usd = stage_row(stage.stage, "cost_usd", Metric::Cost); });
    }
  }
}

}  // namespace rehearse::record
