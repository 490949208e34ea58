#include "harness/study/reading.hpp"

#include <algorithm>
#include <cmath>

#include "harness/record/objective_words.hpp"
#include "harness/record/summary.hpp"

namespace rehearse::study {
namespace {

using record::Metric;
using record::Objective;
using record::RunPoint;
using record::Scope;
using record::Stat;

struct Found {
  std::optional<double> value;
  std::string why;
};

std::size_t stage_place(const RunPoint& point, const std::string& path) {
  const auto& stages = point.header.stages;
  return static_cast<std::size_t>(
      std::find_if(stages.begin(), stages.end(), [&](const auto& s) { return s.path == path; }) -
      stages.begin());
}

// A stage's cost is that of its inner stages where it is a group.
double stage_cost_usd(const RunPoint& point, std::size_t stage) {
  double sum = static_cast<double>(point.tally.stages[stage].cost_nano_usd) * 1e-9;
  for (std::size_t i = 0; i < point.header.stages.size(); ++i) {
    if (point.header.stages[i].parent == stage) {
      sum += stage_cost_usd(point, i);
    }
  }
  return sum;
}

Found stage_cost(const Objective& what, const RunPoint& point) {
  const std::size_t stage = stage_place(point, what.name);
  const std::uint64_t jobs = point.tally.jobs.ended();
  if (stage == point.header.stages.size() || jobs == 0) {
    return {std::nullopt, "no job has ended"};
  }
  const double total = stage_cost_usd(point, stage);
  if (what.stat == Stat::Total) {
    return {total, ""};
  }
  return what.stat == Stat::Mean
             ? Found{total / static_cast<double>(jobs), ""}
             : Found{std::nullopt, "of a stage's cost the mean and the total are kept"};
}

Found stage_cpu(const Objective& what, const Batch& batch) {
  const std::size_t stage = stage_place(batch.point, what.name);
  if (stage >= batch.stage_cpu.size() || batch.stage_cpu[stage].empty()) {
    return {std::nullopt, "the stage's CPU time is not modelled"};
  }
  const stats::Histogram& cpu = batch.stage_cpu[stage];
  if (what.stat == Stat::Quantile) {
    return {*cpu.quantile(what.argument) * 1e-9, ""};
  }
  return {cpu.mean() * 1e-9, ""};
}

double mean_response_s(const RunPoint& point) { return point.tally.jobs.response.mean() * 1e-9; }

Found read_share(const Objective& what, const RunPoint& point) {
  const std::size_t stage = stage_place(point, what.name);
  const double job = mean_response_s(point);
  const auto jobs = static_cast<double>(point.tally.jobs.response.count());
  if (stage == point.header.stages.size() || !(job > 0)) {
    return {std::nullopt, "no job was done"};
  }
  const double total = static_cast<double>(point.tally.stages[stage].response.sum()) * 1e-9;
  return {total / jobs / job, ""};
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Found read_one(const Subject& subject, const Batch& batch, FixedCosts fixed) {
  const Objective& what = subject.what;
  if (subject.share) {
    return read_share(what, batch.point);
  }
  if (what.metric == Metric::Makespan) {
    return {median(batch.makespans_s), ""};
  }
  if (what.scope == Scope::Stage && what.metric == Metric::Cost) {
    return stage_cost(what, batch.point);
  }
  if (what.scope == Scope::Stage && what.metric == Metric::Cpu) {
    return stage_cpu(what, batch);
  }
  const record::Judgement judged = record::judge(what, batch.point);
  if (what.metric == Metric::MonthlyCost) {
    return {judged.value.value_or(0) + fixed.monthly_usd, ""};
  }
  return {judged.value, judged.why};
}

}  // namespace

bool more_is_better(Metric metric) {
  return metric == Metric::Throughput || metric == Metric::Goodput || metric == Metric::CacheHits;
}

Reading read(const Subject& subject, const std::vector<Batch>& batches, const Batch& all,
             FixedCosts fixed) {
  Found whole = read_one(subject, all, fixed);
  Reading out{whole.value, {}, std::move(whole.why)};
  for (const Batch& batch : batches) {
    const Found value = read_one(subject, batch, fixed);
    if (!value.value || !std::isfinite(*value.value)) {
      out.batches.clear();
      break;
    }
    out.batches.push_back(*value.value);
  }
  // One number of each run: the runs of a batch are read by their mean.
  if (record::is_scalar(subject.what.metric) && subject.what.metric != Metric::Makespan &&
      out.whole && !out.batches.empty() && !subject.share) {
    double sum = 0;
    for (const double value : out.batches) {
      sum += value;
    }
    out.whole = sum / static_cast<double>(out.batches.size());
  }
  return out;
}

}  // namespace rehearse::study
