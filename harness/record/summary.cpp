#include "harness/record/summary.hpp"

#include <algorithm>

#include "harness/record/objective.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/record/waterfall.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::record {
namespace {

constexpr double kPerNano = 1e-9;
constexpr std::uint64_t kFewJobs = 6;  // below it, each job is shown

double usd(Wide nano) { return static_cast<double>(nano) * kPerNano; }

double share_of(double part, double whole) { return whole > 0 ? part / whole : 0; }

void say_validity(const RunPoint& point, RunSummary& out) {
  out.complete = point.end.has_value();
  if (!out.complete) {
    out.invalid_reasons.push_back(
        "the run did not end: it was killed or still runs; what follows is of its last commit");
  } else {
    out.invalid_reasons = point.end->invalid_reasons;
    out.warnings = point.end->warnings;
    out.stop_reason = point.end->stop_reason;
  }
  if (out.issued == 0) {
    out.warnings.push_back("no job was issued");
  } else if (out.done == 0) {
    out.warnings.push_back("no job was done: there are no times to show");
  }
  out.valid = out.invalid_reasons.empty();
}

void count_jobs(const RunPoint& point, RunSummary& out) {
  const Tally& tally = point.tally;
  out.done = tally.jobs.done;
  out.failed = tally.jobs.failed;
  out.timed_out = tally.jobs.timed_out;
  out.cancelled = tally.jobs.cancelled;
  out.warmup = tally.warmup_jobs;
  out.retries = tally.retries;
  out.late_background = tally.late_background;
  out.usage = tally.usage;
  out.issued = tally.jobs.ended();
  if (tally.jobs.done > 0) {
    out.makespan_s = static_cast<double>(tally.last_done_ns - tally.first_intended_ns) * kPerNano;
  }
  if (point.end) {
    const RunEnd& end = *point.end;
    out.issued = end.issued;
    out.late = end.late;
    out.dropped = end.dropped;
    out.max_in_flight = end.max_in_flight;
    out.max_schedule_lag_s = end.max_schedule_lag.count_s();
    out.elapsed_s = end.elapsed.count_s();
    out.wall_s = end.wall.count_s();
    out.little_l = end.little_l;
    out.little_lambda_w = end.little_lambda_w;
    out.engine_events = end.engine_events;
    out.mock_pace = end.mock_pace;
  } else if (tally.jobs.ended() > 0) {
    out.elapsed_s = static_cast<double>(tally.last_done_ns) * kPerNano;
  }
  out.throughput_per_s = share_of(static_cast<double>(out.done), out.elapsed_s);
  out.goodput_per_s = share_of(static_cast<double>(tally.good), out.elapsed_s);
}

std::vector<std::pair<std::string, std::uint64_t>> named_errors(
    const RunHeader& header, const std::vector<std::uint64_t>& errors) {
  std::vector<std::pair<std::string, std::uint64_t>> out;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (errors[i] > 0) {
      out.emplace_back(failure_label(header, static_cast<std::uint8_t>(i)), errors[i]);
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

WireSummary summarise_wire(const WireTally& tally) {
  WireSummary out;
  out.dns_s = spread_of(tally.dns, kPerNano);
  out.connect_s = spread_of(tally.connect, kPerNano);
  out.tls_s = spread_of(tally.tls, kPerNano);
  out.first_byte_s = spread_of(tally.first_byte, kPerNano);
  out.body_s = spread_of(tally.body, kPerNano);
  out.itl_s = spread_of(tally.itl, kPerNano);
  out.tpot_s = spread_of(tally.tpot, kPerNano);
  out.reused = tally.reused;
  out.added_s = spread_of(tally.added, kPerNano);
  return out;
}

StageSummary summarise_stage(const RunPoint& point, std::size_t index) {
  const StageTally& tally = point.tally.stages[index];
  StageSummary out;
  out.info = point.header.stages[index];
  out.response_s = spread_of(tally.response, kPerNano);
  out.queue_s = spread_of(tally.queue, kPerNano);
  out.service_s = spread_of(tally.service, kPerNano);
  out.ttft_s = spread_of(tally.ttft, kPerNano);
  out.each_s = spread_of(tally.each, kPerNano);
  out.share = share_of(static_cast<double>(tally.response.sum()),
                       static_cast<double>(point.tally.jobs.response.sum()));
  out.critical_share = share_of(static_cast<double>(tally.critical_ns),
                                static_cast<double>(point.tally.critical_ns));
  out.executions = tally.executions;
  out.skipped = tally.skipped;
  out.cache_hits = tally.cache_hits;
  out.truncated = tally.truncated;
  out.failed = tally.failed;
  out.timed_out = tally.timed_out;
  out.rejected = tally.rejected;
  out.calls = tally.calls;
  out.retries = tally.retries;
  out.hedges = tally.hedges;
  out.errors = named_errors(point.header, tally.errors);
  out.cost_usd = usd(tally.cost_nano_usd);
  out.usage = tally.usage;
  out.wire = summarise_wire(tally.wire);
  return out;
}

// Rows as people wrote them: the file's order, inner stages below their group.
std::vector<StageSummary> in_file_order(std::vector<StageSummary> stages) {
  std::vector<std::size_t> places(stages.size());
  std::vector<std::vector<std::uint32_t>> ways(stages.size());
  for (std::size_t i = 0; i < stages.size(); ++i) {
    places[i] = i;
    const StageInfo& info = stages[i].info;
    ways[i] = info.parent < i ? ways[info.parent] : std::vector<std::uint32_t>{info.task};
    ways[i].push_back(info.order);
  }
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t a, std::size_t b) { return ways[a] < ways[b]; });
  std::vector<StageSummary> out;
  for (const std::size_t place : places) {
    out.push_back(std::move(stages[place]));
  }
  return out;
}

std::vector<StageSummary> summarise_stages(const RunPoint& point) {
  std::vector<StageSummary> out;
  for (std::size_t i = 0; i < point.header.stages.size(); ++i) {
    out.push_back(summarise_stage(point, i));
    const std::uint32_t parent = out.back().info.parent;
    if (parent < i) {
      out.back().depth = out[parent].depth + 1;
    }
  }
  // Groups contain their inner stages, from the innermost outwards.
  for (std::size_t i = out.size(); i-- > 0;) {
    const std::uint32_t parent = out[i].info.parent;
    if (parent < i) {
      out[parent].critical_share += out[i].critical_share;
      out[parent].cost_usd += out[i].cost_usd;
      out[parent].calls += out[i].calls;
      out[parent].retries += out[i].retries;
      out[parent].usage += out[i].usage;
    }
  }
  return in_file_order(std::move(out));
}

std::vector<TaskSummary> summarise_tasks(const RunPoint& point) {
  std::vector<TaskSummary> out;
  const bool only = point.header.tasks.size() <= 1;
  for (std::size_t i = 0; i < point.header.tasks.size() && i < point.tally.tasks.size(); ++i) {
    const JobTally& tally = only ? point.tally.jobs : point.tally.tasks[i];
    out.push_back({point.header.tasks[i], tally.done, tally.failed, tally.timed_out,
                   tally.cancelled, spread_of(tally.response, kPerNano),
                   spread_of(tally.cost, kPerNano)});
  }
  return out;
}

std::vector<ResourceSummary> summarise_resources(const RunPoint& point) {
  std::vector<ResourceSummary> out;
  if (!point.end) {
    return out;
  }
  const double elapsed_ns = static_cast<double>(point.end->elapsed.count_ns());
  for (const ResourceTally& tally : point.end->resources) {
    out.push_back({tally.name, tally.slots,
                   share_of(static_cast<double>(tally.busy_ns), tally.slots * elapsed_ns),
                   spread_of(tally.queue, kPerNano), tally.max_queue, tally.rejected});
  }
  return out;
}

std::vector<ObjectiveSummary> judge_objectives(const RunPoint& point) {
  std::vector<ObjectiveSummary> out;
  for (const ObjectiveInfo& info : point.header.objectives) {
    if (!info.on.empty() && info.on != point.header.workload) {
      continue;
    }
    ObjectiveSummary summary;
    summary.info = info;
    const Result<Objective> objective = parse_objective(info.text);
    if (objective.ok()) {
      const Judgement judgement = judge(objective.value(), point);
      summary.unit = unit_suffix(objective.value().unit);
      summary.value = judgement.value;
      summary.met = judgement.met;
      summary.why = judgement.why;
    } else {
      summary.why = objective.error().text();
    }
    out.push_back(std::move(summary));
  }
  return out;
}

}  // namespace

Spread spread_of(const stats::Histogram& histogram, double scale) {
  Spread out;
  out.count = histogram.count();
  out.mean = histogram.mean() * scale;
  out.min = static_cast<double>(histogram.min()) * scale;
  out.max = static_cast<double>(histogram.max()) * scale;
  out.total = static_cast<double>(histogram.sum()) * scale;
  const auto quantile = [&](double q) -> std::optional<double> {
    if (out.count < quantile_floor(q)) {
      return std::nullopt;
    }
    return *histogram.quantile(q) * scale;
  };
  out.p50 = quantile(0.5);
  out.p90 = quantile(0.9);
  out.p95 = quantile(0.95);
  out.p99 = quantile(0.99);
  return out;
}

std::uint64_t quantile_floor(double q) { return stats::min_samples(q); }

RunSummary summarise(const RunPoint& point) {
  RunSummary out = summarise_unjudged(point);
  out.objectives = judge_objectives(point);
  return out;
}

RunSummary summarise_unjudged(const RunPoint& point) {
  RunSummary out;
  const Tally& tally = point.tally;
  out.header = point.header;
  out.kept = point.kept;
  count_jobs(point, out);
  say_validity(point, out);
  out.response_s = spread_of(tally.jobs.response, kPerNano);
  out.service_s = spread_of(tally.service, kPerNano);
  out.queue_s = spread_of(tally.queue, kPerNano);
  out.first_result_s = spread_of(tally.first_result, kPerNano);
  out.lost_s = spread_of(tally.lost, kPerNano);
  out.cpu_s = spread_of(tally.cpu, kPerNano);
  out.io_wait_s = spread_of(tally.io_wait, kPerNano);
  out.memory_mb = spread_of(tally.memory, 1e-6);
  out.cost_usd = spread_of(tally.jobs.cost, kPerNano);
  if (point.header.jobs_per_month && out.cost_usd.count > 0) {
    out.monthly_cost_usd = *point.header.jobs_per_month * out.cost_usd.mean;
  }
  out.stages = summarise_stages(point);
  stats::Histogram added;
  for (const StageTally& stage : tally.stages) {
    added.merge(stage.wire.added);
  }
  out.wire_added_s = spread_of(added, kPerNano);
  out.tasks = summarise_tasks(point);
  out.resources = summarise_resources(point);
  if (out.issued + out.warmup < kFewJobs) {
    for (const JobTrace& trace : point.first_jobs) {
      out.jobs.push_back(summarise_job(point.header, trace));
    }
  }
  return out;
}

}  // namespace rehearse::record
