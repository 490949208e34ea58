#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/study/knee.hpp"

namespace rehearse::study {
namespace {

constexpr double kPlenty = 1000;  // so many times as much of everything: nobody waits
constexpr std::uint64_t kRestRuns = 8;
constexpr double kRestJobs = 500;    // of each, at most
constexpr double kRestEvents = 4e4;  // … that it takes

struct AtRest {
  record::RunPoint point;
  std::vector<Constraint> constraints;
  std::uint64_t jobs = 0;
  double events = 0;
};

// One run of jobs one after the other.
Result<AtRest> play(const Player& player, const LoadedSystem& system, std::uint64_t jobs,
                    std::uint64_t seed) {
  scenarios::Scenario alone = system.scenario;
  scenarios::Workload& load = alone.workload;
  load.kind = scenarios::LoadKind::Batch;
  load.concurrency = 1;
  load.jobs = jobs;
  load.warmup_jobs = 0;
  load.length.reset();
  Watch watch{.changes = system.changes};
  record::RunHeader header = player.header(alone, seed);
  header.keep = record::KeepRule::nothing();
  header.scenario_text.clear();
  record::Recorder recorder(std::move(header));
  struct Sink final : engine::JobSink {
    explicit Sink(record::Recorder& r) : recorder(r) {}
    void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                      std::span<const record::AttemptSpan> attempts) override {
      recorder.job_finished(job, spans, attempts);
    }
    record::Recorder& recorder;
  } sink(recorder);
  engine::Options options;
  options.seed = seed;
  Result<engine::RunOutcome> outcome = player.play_watched(alone, options, sink, watch);
  if (!outcome) {
    return outcome.errors();
  }
  AtRest out;
  out.jobs = outcome->end.issued;
  out.events = static_cast<double>(outcome->end.engine_events);
  out.constraints = constraints_of(alone, outcome->end, watch, out.jobs);
  const Status finished = recorder.finish(std::move(outcome->end));
  if (!finished) {
    return finished.errors();
  }
  out.point = recorder.take_point();
  return out;
}

// As much of everything as anybody could want.
LoadedSystem endless(const LoadedSystem& system, const std::vector<Constraint>& constraints) {
  LoadedSystem out = system;
  for (const Constraint& constraint : constraints) {
    relieve(constraint, kPlenty, out.scenario, out.changes);
  }
  for (scenarios::Resource& resource : out.scenario.resources) {
    resource.queue_max.reset();
  }
  return out;
}

// Whether a target is broken beyond doubt: by 4 standard errors of what single runs say.
bool surely_broken(const Target& target, const std::vector<record::RunPoint>& runs) {
  std::vector<double> margins;
  double mean = 0;
  for (const record::RunPoint& run : runs) {
    const auto value = value_of(target, run);
    margins.push_back(value ? margin(target, *value) : 3);
    mean += margins.back() / static_cast<double>(runs.size());
  }
  double squares = 0;
  for (const double each : margins) {
    squares += (each - mean) * (each - mean);
  }
  const auto n = static_cast<double>(runs.size());
  return mean + 4 * std::sqrt(squares / (n - 1) / n) < 0;
}

// What targets read where nobody waits, and which of them are broken even so.
void judge_unloaded(const record::RunPoint& all, const std::vector<record::RunPoint>& runs,
                    std::vector<Target>& targets) {
  for (Target& target : targets) {
    if (target.what.metric == record::Metric::Utilisation) {
      continue;  // of slots that nobody else holds
    }
    target.unloaded = value_of(target, all);
    if (target.role == Target::Role::Bound && target.unloaded && surely_broken(target, runs)) {
      target.role = Target::Role::NeverMet;
    }
    if (target.role == Target::Role::Bound && !target.unloaded) {
      target.role = Target::Role::Unread;
      target.why = record::judge(target.what, all).why;
    }
  }
}

}  // namespace

void Unloaded::relieve(const Constraint& constraint, double factor) {
  for (Constraint& each : constraints) {
    if (each.same_as(constraint)) {
      each.has *= factor;
      each.written *= factor;
    }
  }
}

double Unloaded::bound_per_s() const {
  double out = std::numeric_limits<double>::infinity();
  for (const Constraint& constraint : constraints) {
    out = std::min(out, constraint.bound_per_s());
  }
  return out;
}

double Unloaded::hard_bound_per_s() const {
  double out = std::numeric_limits<double>::infinity();
  for (const Constraint& constraint : constraints) {
    if (!constraint.refuses) {
      out = std::min(out, constraint.bound_per_s());
    }
  }
  return out;
}

double Unloaded::limits_forget_jobs(double jobs_per_s) const {
  constexpr double kPi = 3.14159265358979;
  double out = 0;
  for (const Constraint& constraint : constraints) {
    if (constraint.per_time && constraint.refuses && constraint.demand > 0) {
      const double drift = constraint.utilisation(jobs_per_s) - 1;
      const double slow = kPi * constraint.demand / constraint.written;
      out = std::max(out, 2 / (drift * drift + slow * slow));
    }
  }
  return out;
}

Result<Unloaded> unload(const Player& player, const LoadedSystem& system,
                        std::vector<Target>& targets, const KneeOptions& options) {
  // What there is, as one job tells.
  Result<AtRest> first = play(player, system, 1, options.seed);
  if (!first) {
    return first.errors();
  }
  Unloaded out;
  out.constraints = std::move(first->constraints);
  for (Constraint& constraint : out.constraints) {
    constraint.demand = 0;
  }
  const auto rest_jobs =
      static_cast<std::uint64_t>(std::clamp(kRestEvents / first->events, 50.0, kRestJobs));
  double events = 0;
  const LoadedSystem at_ease = endless(system, out.constraints);
  record::RunPoint all;
  std::vector<record::RunPoint> runs;
  for (std::uint64_t run = 0; run < kRestRuns; ++run) {
    Result<AtRest> played = play(player, at_ease, rest_jobs, mix64(options.seed + run * 77'777));
    if (!played) {
      return played.errors();
    }
    out.jobs += played->jobs;
    events += played->events;
    for (std::size_t c = 0; c < out.constraints.size(); ++c) {
      // A line that is so many times as fast is busy for so much less.
      const double slower = out.constraints[c].faster ? kPlenty : 1;
      out.constraints[c].demand +=
          played->constraints[c].demand * slower / static_cast<double>(kRestRuns);
    }
    if (run == 0) {
      all = played->point;
    } else {
      all.tally.merge(played->point.tally);
    }
    runs.push_back(std::move(played->point));
  }
  out.events_a_job = std::max(events / static_cast<double>(out.jobs), 1.0);
  const record::JobTally& jobs = all.tally.jobs;
  out.response_s = jobs.response.mean() * 1e-9;
  out.p50_s = jobs.response.quantile(0.5).value_or(0) * 1e-9;
  out.p95_s = jobs.response.quantile(0.95).value_or(0) * 1e-9;
  out.longest_s = jobs.response.quantile(0.99).value_or(0) * 1e-9;
  out.cost_usd = jobs.cost.mean() * 1e-9;
  out.done_share =
      jobs.ended() > 0 ? static_cast<double>(jobs.done) / static_cast<double>(jobs.ended()) : 1;
  const scenarios::Workload& load = system.scenario.workload;
  const bool thinks = load.kind == scenarios::LoadKind::Closed;
  out.think_s = std::max((thinks ? load.think : system.think).distribution.mean(), 0.0);
  judge_unloaded(all, runs, targets);
  return out;
}

}  // namespace rehearse::study
