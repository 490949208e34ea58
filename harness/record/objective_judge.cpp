#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/base/text.hpp"
#include "harness/record/objective.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/record/summary.hpp"

namespace rehearse::record {
namespace {

constexpr double kNano = 1e-9;
constexpr double kEndless = std::numeric_limits<double>::infinity();

struct Measured {
  const stats::Histogram* histogram = nullptr;
  double scale = kNano;
  std::uint64_t endless = 0;  // timed-out jobs beside them
  std::string why;            // why there is none
};

Judgement cannot(std::string why) { return {std::nullopt, std::nullopt, std::move(why)}; }

std::string unknown(std::string_view what, std::string_view name,
                    const std::vector<std::string>& names) {
  std::string out = "the run has no " + std::string(what) + " " + quoted_excerpt(name);
  const std::string near = nearest_name(name, names);
  return near.empty() ? out : out + " (did you mean " + near + "?)";
}

std::vector<std::string> stage_paths(const RunHeader& header) {
  std::vector<std::string> paths;
  for (const StageInfo& stage : header.stages) {
    paths.push_back(stage.path);
  }
  return paths;
}

// The place of a name in a list; size() where it is not there.
std::size_t place_of(const std::vector<std::string>& names, std::string_view name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

const stats::Histogram* stage_histogram(const StageTally& stage, Metric metric) {
  switch (metric) {
    case Metric::Response:
      return &stage.response;
    case Metric::Service:
      return &stage.service;
    case Metric::Queue:
      return &stage.queue;
    case Metric::Ttft:
      return &stage.ttft;
    case Metric::Each:
      return &stage.each;
    default:
      return nullptr;
  }
}

Measured run_histogram(const Tally& tally, Metric metric, stats::Histogram& pooled) {
  switch (metric) {
    case Metric::Response:
      return {&tally.jobs.response, kNano, tally.jobs.timed_out, ""};
    case Metric::Service:
      return {&tally.service, kNano, 0, ""};
    case Metric::Queue:
      return {&tally.queue, kNano, 0, ""};
    case Metric::FirstResult:
      return {&tally.first_result, kNano, tally.jobs.timed_out, ""};
    case Metric::Cost:
      return {&tally.jobs.cost, kNano, 0, ""};
    case Metric::Cpu:
      return {&tally.cpu, kNano, 0, ""};
    case Metric::MemoryPeak:
      return {&tally.memory, 1e-6, 0, ""};
    case Metric::Ttft:
      for (const StageTally& stage : tally.stages) {
        pooled.merge(stage.ttft);
      }
      return {&pooled, kNano, 0, ""};
    default:
      return {nullptr, kNano, 0, "is of a stage: add \"of stage NAME\""};
  }
}

Measured find_histogram(const Objective& objective, const RunPoint& point,
                        stats::Histogram& pooled) {
  const std::string metric(metric_name(objective.metric));
  const RunHeader& header = point.header;
  if (objective.scope == Scope::Stage) {
    const std::vector<std::string> paths = stage_paths(header);
    const std::size_t place = place_of(paths, objective.name);
    if (place == paths.size()) {
      return {nullptr, kNano, 0, unknown("stage", objective.name, paths)};
    }
    const stats::Histogram* found = stage_histogram(point.tally.stages[place], objective.metric);
    return {found, kNano, 0, found ? "" : metric + " is not measured of a stage"};
  }
  if (objective.scope == Scope::Task) {
    const std::size_t place = place_of(header.tasks, objective.name);
    if (place == header.tasks.size()) {
      return {nullptr, kNano, 0, unknown("task", objective.name, header.tasks)};
    }
    const bool only = header.tasks.size() == 1;
    const JobTally& task = only ? point.tally.jobs : point.tally.tasks[place];
    if (objective.metric == Metric::Response) {
      return {&task.response, kNano, task.timed_out, ""};
    }
    const bool cost = objective.metric == Metric::Cost;
    return {cost ? &task.cost : nullptr, kNano, 0, metric + " is not measured of a task"};
  }
  if (objective.scope == Scope::Resource) {
    if (!point.end) {
      return {nullptr, kNano, 0, "the run did not end"};
    }
    std::vector<std::string> names;
    for (const ResourceTally& resource : point.end->resources) {
      names.push_back(resource.name);
    }
    const std::size_t place = place_of(names, objective.name);
    if (place == names.size()) {
      return {nullptr, kNano, 0, unknown("resource", objective.name, names)};
    }
    const bool queue = objective.metric == Metric::Queue;
    return {queue ? &point.end->resources[place].queue : nullptr, kNano, 0,
            metric + " is not measured of a resource"};
  }
  Measured found = run_histogram(point.tally, objective.metric, pooled);
  if (found.histogram == nullptr) {
    found.why = metric + " " + found.why;
  }
  return found;
}

Judgement judged(const Objective& objective, double value) {
  return {value, holds(value, objective.op, objective.value), ""};
}

// The q-quantile with `endless` values above all others; type 7, endless where it touches one.
double quantile_with_endless(const stats::Histogram& histogram, std::uint64_t endless, double q,
                             QuantileRead read) {
  const auto at = [&](std::uint64_t rank) {
    return read == QuantileRead::Spread ? histogram.spread_value_at_rank(rank)
                                        : static_cast<double>(histogram.value_at_rank(rank));
  };
  const std::uint64_t finite = histogram.count();
  const double rank = static_cast<double>(finite + endless - 1) * q;
  const auto low = static_cast<std::uint64_t>(rank);
  const double part = rank - static_cast<double>(low);
  if (low >= finite || (low + 1 >= finite && part > 0 && endless > 0)) {
    return kEndless;
  }
  const double below = at(low);
  if (part == 0 || low + 1 >= finite) {
    return below;
  }
  return below + (at(low + 1) - below) * part;
}

Judgement judge_quantile(const Objective& objective, const Measured& measured, QuantileRead read) {
  const std::uint64_t count = measured.histogram->count() + measured.endless;
  const std::uint64_t floor = quantile_floor(objective.argument);
  if (count < floor) {
    return cannot("needs " + std::to_string(floor) + " jobs, found " + std::to_string(count));
  }
  return judged(objective, quantile_with_endless(*measured.histogram, measured.endless,
                                                 objective.argument, read) *
                               measured.scale);
}

Judgement judge_distribution(const Objective& objective, const RunPoint& point, QuantileRead read) {
  stats::Histogram pooled;
  const Measured measured = find_histogram(objective, point, pooled);
  if (measured.histogram == nullptr) {
    return cannot(measured.why);
  }
  const stats::Histogram& histogram = *measured.histogram;
  const std::uint64_t count = histogram.count() + measured.endless;
  if (count == 0) {
    return cannot("nothing was measured");
  }
  const auto total = static_cast<double>(histogram.sum()) * measured.scale;
  switch (objective.stat) {
    case Stat::Quantile:
      return judge_quantile(objective, measured, read);
    case Stat::Share: {
      const double limit = std::min(objective.argument / measured.scale, 9.2e18);
      const auto above = histogram.count_above(static_cast<std::int64_t>(limit));
      return judged(objective,
                    static_cast<double>(above + measured.endless) / static_cast<double>(count));
    }
    case Stat::Max:
      return judged(objective, measured.endless > 0
                                   ? kEndless
                                   : static_cast<double>(histogram.max()) * measured.scale);
    case Stat::Total:
      return judged(objective, total);
    case Stat::Mean:
    case Stat::Min:
      break;
    case Stat::Rate:
      return cannot("rate is of errors");
  }
  if (histogram.empty()) {
    return cannot("no job was done");
  }
  if (objective.stat == Stat::Min) {
    return judged(objective, static_cast<double>(histogram.min()) * measured.scale);
  }
  return judged(objective, histogram.mean() * measured.scale);
}

// Counted things as a rate of what they could have been, or as a total.
Judgement judge_count(const Objective& objective, std::uint64_t hits, std::uint64_t of) {
  if (objective.stat == Stat::Total) {
    return judged(objective, static_cast<double>(hits));
  }
  if (of == 0) {
    return cannot("nothing was measured");
  }
  return judged(objective, static_cast<double>(hits) / static_cast<double>(of));
}

Judgement judge_stage_count(const Objective& objective, const StageTally& stage) {
  switch (objective.metric) {
    case Metric::Errors:
      return judge_count(objective, stage.failed + stage.timed_out + stage.rejected,
                         stage.executions);
    case Metric::Timeouts:
      return judge_count(objective, stage.timed_out, stage.executions);
    case Metric::Truncated:
      return judge_count(objective, stage.truncated, stage.executions);
    case Metric::CacheHits:
      return judge_count(objective, stage.cache_hits, stage.executions);
    default:
      return cannot(std::string(metric_name(objective.metric)) + " is not of a stage");
  }
}

Judgement judge_counts(const Objective& objective, const RunPoint& point) {
  const Tally& tally = point.tally;
  if (objective.scope == Scope::Stage) {
    const std::vector<std::string> paths = stage_paths(point.header);
    const std::size_t place = place_of(paths, objective.name);
    return place == paths.size() ? cannot(unknown("stage", objective.name, paths))
                                 : judge_stage_count(objective, tally.stages[place]);
  }
  const JobTally* jobs = &tally.jobs;
  if (objective.scope == Scope::Task) {
    const std::size_t place = place_of(point.header.tasks, objective.name);
    if (place == point.header.tasks.size()) {
      return cannot(unknown("task", objective.name, point.header.tasks));
    }
    jobs = point.header.tasks.size() == 1 ? jobs : &tally.tasks[place];
  }
  if (objective.metric == Metric::Errors) {
    return judge_count(objective, jobs->failed + jobs->timed_out, jobs->ended());
  }
  if (objective.metric == Metric::Timeouts) {
    return judge_count(objective, jobs->timed_out, jobs->ended());
  }
  std::uint64_t hits = 0;
  std::uint64_t of = 0;
  for (std::size_t i = 0; i < tally.stages.size(); ++i) {
    if (point.header.stages[i].kind != StageRowKind::Group) {
      hits += objective.metric == Metric::Truncated ? tally.stages[i].truncated
                                                    : tally.stages[i].cache_hits;
      of += tally.stages[i].executions;
    }
  }
  return judge_count(objective, hits, of);
}

Judgement judge_utilisation(const Objective& objective, const RunSummary& summary) {
  if (objective.scope != Scope::Resource) {
    return cannot("utilisation is of a resource: add \"of resource NAME\"");
  }
  for (const ResourceSummary& resource : summary.resources) {
    if (resource.name == objective.name) {
      return judged(objective, resource.utilisation);
    }
  }
  return cannot(unknown("resource", objective.name, summary.header.resources));
}

Judgement judge_scalar(const Objective& objective, const RunPoint& point) {
  const RunSummary summary = summarise_unjudged(point);
  const bool any = summary.done > 0;
  switch (objective.metric) {
    case Metric::Makespan:
      return any ? judged(objective, summary.makespan_s) : cannot("no job was done");
    case Metric::MonthlyCost:
      return summary.monthly_cost_usd ? judged(objective, *summary.monthly_cost_usd)
                                      : cannot("the scenario says no volume, or no job has ended");
    case Metric::Throughput:
      return summary.elapsed_s > 0 ? judged(objective, summary.throughput_per_s)
                                   : cannot("no time has passed");
    case Metric::Goodput:
      return summary.elapsed_s > 0 ? judged(objective, summary.goodput_per_s)
                                   : cannot("no time has passed");
    case Metric::Utilisation:
      return judge_utilisation(objective, summary);
    case Metric::IoWaitShare: {
      const double wall = summary.cpu_s.total + summary.io_wait_s.total;
      return wall > 0 ? judged(objective, summary.io_wait_s.total / wall)
                      : cannot("neither CPU time nor waiting was measured");
    }
    default:
      return cannot(std::string(metric_name(objective.metric)) + " was not measured");
  }
}

}  // namespace

Judgement judge(const Objective& objective, const RunPoint& point, QuantileRead read) {
  if (objective.delta) {
    return cannot("speaks of a change: it needs a baseline");
  }
  if (!is_scalar(objective.metric)) {
    return judge_distribution(objective, point, read);
  }
  switch (objective.metric) {
    case Metric::Errors:
    case Metric::Timeouts:
    case Metric::Truncated:
    case Metric::CacheHits:
      return judge_counts(objective, point);
    default:
      return judge_scalar(objective, point);
  }
}

}  // namespace rehearse::record
