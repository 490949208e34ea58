#include "harness/record/side_values.hpp"

#include <algorithm>

namespace rehearse::record {
namespace {

struct Gather {
  Instant ready;
  Instant started;
  Instant done;
  double cost = 0;
};

std::map<std::uint32_t, Gather> gather(const RunHeader& header, const JobTrace& trace) {
  std::map<std::uint32_t, Gather> out;
  for (const StageSpan& span : trace.spans) {
    if (span.stage >= header.stages.size() || span.end == StageEnd::Skipped) {
      continue;
    }
    const auto [place, fresh] =
        out.try_emplace(span.stage, Gather{span.ready, span.started, span.done, 0});
    Gather& gathered = place->second;
    gathered.ready = std::min(gathered.ready, span.ready);
    gathered.started = std::min(gathered.started, span.started);
    gathered.done = std::max(gathered.done, span.done);
    gathered.cost += span.cost.count_usd();
  }
  return out;
}

double job_value(const JobRecord& job, Metric metric) {
  switch (metric) {
    case Metric::Service:
      return (job.done - job.started).count_s();
    case Metric::Queue:
      return (job.started - job.intended).count_s();
    case Metric::FirstResult:
      return (job.first_result - job.intended).count_s();
    case Metric::Cost:
      return job.cost.count_usd();
    case Metric::Cpu:
      return job.cpu.count_s();
    case Metric::MemoryPeak:
      return job.memory_peak_mb;
    default:
      return (job.done - job.intended).count_s();
  }
}

bool is_of_a_job(Metric metric) {
  return metric == Metric::Response || metric == Metric::Service || metric == Metric::Queue ||
         metric == Metric::FirstResult || metric == Metric::Cost || metric == Metric::Cpu ||
         metric == Metric::MemoryPeak;
}

}  // namespace

std::map<std::string, StageValues> by_stage(const ComparisonSide& side) {
  std::map<std::string, StageValues> out;
  const RunHeader& header = side.point.header;
  for (const JobTrace& trace : side.traces) {
    if (trace.job.end != JobEnd::Done || trace.job.warmup) {
      continue;
    }
    const std::uint64_t id = trace.job.id.value;
    for (const auto& [stage, times] : gather(header, trace)) {
      StageValues& values = out[header.stages[stage].path];
      values.response.push_back({id, (times.done - times.ready).count_s()});
      values.queue.push_back({id, (times.started - times.ready).count_s()});
      values.service.push_back({id, (times.done - times.started).count_s()});
      values.cost.push_back({id, times.cost});
    }
  }
  return out;
}

std::optional<std::vector<SideValue>> job_values(const ComparisonSide& side,
                                                 const Objective& objective) {
  if (objective.scope == Scope::Stage) {
    std::map<std::string, StageValues> stages = by_stage(side);
    const auto found = stages.find(objective.name);
    if (found == stages.end()) {
      return std::nullopt;
    }
    switch (objective.metric) {
      case Metric::Response:
        return found->second.response;
      case Metric::Queue:
        return found->second.queue;
      case Metric::Service:
        return found->second.service;
      case Metric::Cost:
        return found->second.cost;
      default:
        return std::nullopt;
    }
  }
  if (!is_of_a_job(objective.metric) || objective.scope == Scope::Resource) {
    return std::nullopt;
  }
  if (objective.scope == Scope::Run) {
    return of_done_jobs(side,
                        [&](const JobRecord& job) { return job_value(job, objective.metric); });
  }
  const std::vector<std::string>& tasks = side.point.header.tasks;
  const auto task = std::find(tasks.begin(), tasks.end(), objective.name);
  if (task == tasks.end()) {
    return std::nullopt;
  }
  std::vector<SideValue> out;
  for (const JobRecord& job : side.jobs) {
    if (job.end == JobEnd::Done && !job.warmup &&
        job.task == static_cast<std::uint32_t>(task - tasks.begin())) {
      out.push_back({job.id.value, job_value(job, objective.metric)});
    }
  }
  return out;
}

std::optional<double> run_value(const Objective& objective, const RunPoint& point) {
  Objective plain = objective;
  plain.delta = false;
  if (plain.scope != Scope::Stage || plain.metric != Metric::Cost) {
    return judge(plain, point).value;
  }
  for (std::size_t i = 0; i < point.header.stages.size(); ++i) {
    const StageTally& stage = point.tally.stages[i];
    if (point.header.stages[i].path == plain.name && stage.response.count() > 0) {
      return static_cast<double>(stage.cost_nano_usd) * 1e-9 /
             static_cast<double>(stage.response.count());
    }
  }
  return std::nullopt;
}

std::vector<SideValue> run_values(const ComparisonSide& side, const Objective& objective) {
  std::vector<SideValue> out;
  for (const RunPoint* const point : side.seeds) {
    if (const std::optional<double> value = run_value(objective, *point)) {
      out.push_back({point->header.seed, *value});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const SideValue& a, const SideValue& b) { return a.job < b.job; });
  return out;
}

}  // namespace rehearse::record
