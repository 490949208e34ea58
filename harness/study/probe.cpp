#include "harness/study/probe.hpp"

#include <algorithm>
#include <cmath>
#include <deque>

#include "harness/base/parallel.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace rehearse::study {
namespace {

constexpr std::uint64_t kMostInside = 200'000;  // jobs at once: past it a probe is overloaded
constexpr double kSureGrowth = 4;               // standard errors
constexpr double kGrowthAlone = 0.1;            // … where one run alone must do
constexpr double kLeastGrowth = 0.01;           // seconds of response a second

// What is used of limits when a run begins.
latency::LimitStarts starts_at(const LoadLevel& level, std::uint64_t seed) {
  latency::LimitStarts out;
  std::uint64_t index = 0;
  for (const LimitMood& mood : level.limits) {
    out.resize(std::max<std::size_t>(out.size(), mood.provider + 1));
    const double u = unit_interval(mix64(mix64(seed ^ hash_name("limits")) + index++));
    out[mood.provider].push_back({mood.place, mood.used(u)});
  }
  return out;
}

struct Run {
  std::vector<record::RunPoint> batches;
  std::vector<Constraint> constraints;
  double growth = 0;
  std::uint64_t issued = 0;
  bool stopped = false;
};

// The books of a run as those of a batch of its jobs: how long resources were busy meanwhile, which
// is never more than they are. Where the run ended before, its jobs' share of all that was done.
record::RunEnd end_of_batch(const record::RunEnd& run, const LoadLevel& level,
                            std::uint64_t counted, const engine::Stretch* busy) {
  record::RunEnd end = run;
  const auto jobs = static_cast<double>(counted);
  end.elapsed =
      level.axis == LoadAxis::Users ? level.length : Duration::from_seconds(jobs / level.load);
  end.issued = counted;
  end.pools.clear();
  const double share = jobs / std::max(static_cast<double>(run.issued), 1.0);
  const bool seen = busy != nullptr && busy->length > Duration::zero();
  for (std::size_t r = 0; r < end.resources.size(); ++r) {
    record::ResourceTally& resource = end.resources[r];
    const double most = resource.slots * static_cast<double>(end.elapsed.count_ns());
    const double busy_ns = seen ? static_cast<double>(busy->busy_ns[r]) *
                                      (end.elapsed.count_s() / busy->length.count_s())
                                : static_cast<double>(resource.busy_ns) * share;
    resource.busy_ns = static_cast<Wide>(std::min(busy_ns, most));
  }
  return end;
}

Status read_batches(const record::RunEnd& end, const LoadLevel& level, const LevelSink& sink,
                    const std::vector<engine::Stretch>& stretches,
                    std::deque<record::Recorder>& recorders, Run& out) {
  for (std::size_t b = 0; b < recorders.size(); ++b) {
    const engine::Stretch* busy = b < stretches.size() ? &stretches[b] : nullptr;
    const Status finished = recorders[b].finish(end_of_batch(end, level, sink.counted(b), busy));
    if (!finished) {
      return finished;
    }
    out.batches.push_back(recorders[b].take_point());
    out.batches.back().first_jobs.clear();
    out.batches.back().tally.timeline = {};
  }
  return Done{};
}

Result<Run> play_one(const Player& player, const LoadedSystem& system,
                     const scenarios::Scenario& loaded, const LoadLevel& level,
                     const record::RunHeader& header, std::uint64_t seed) {
  std::deque<record::Recorder> recorders;
  for (std::uint64_t b = 0; b < level.batches; ++b) {
    recorders.emplace_back(header);
  }
  LevelSink sink(recorders, level);
  engine::Options options;
  options.seed = seed;
  options.max_in_flight = kMostInside;
  options.marks = marks_of(level);
  Watch watch{.changes = system.changes, .limits_used = starts_at(level, seed)};
  Result<engine::RunOutcome> outcome = player.play_watched(loaded, options, sink, watch);
  if (!outcome) {
    return outcome.errors();
  }
  Run out;
  out.issued = outcome->end.issued;
  out.stopped =
      outcome->end.stop_reason == "saturated" ||
      (level.axis == LoadAxis::Users && level.most_jobs && out.issued >= *level.most_jobs);
  out.growth = sink.growth();
  out.constraints = constraints_of(loaded, outcome->end, watch, out.issued);
  const Status read = read_batches(outcome->end, level, sink, outcome->stretches, recorders, out);
  if (!read) {
    return read.errors();
  }
  return out;
}

// Several runs as if they were one, one after the other.
void add_end(const record::RunEnd& from, record::RunEnd& to) {
  to.issued += from.issued;
  to.elapsed = to.elapsed + from.elapsed;
  for (std::size_t i = 0; i < to.resources.size(); ++i) {
    to.resources[i].busy_ns += from.resources[i].busy_ns;
    to.resources[i].queue.merge(from.resources[i].queue);
  }
}

void add(const record::RunPoint& from, record::RunPoint& to) {
  if (!to.end) {
    to = from;
    return;
  }
  to.tally.merge(from.tally);
  add_end(*from.end, *to.end);
}

std::vector<std::optional<double>> read(const std::vector<Target>& targets,
                                        const record::RunPoint& point) {
  std::vector<std::optional<double>> out;
  for (const Target& target : targets) {
    out.push_back(value_of(target, point));
  }
  return out;
}

// How full the fullest is that jobs wait for, by all runs but one.
double saturation_of(const std::vector<Run>& runs, double jobs_per_s,
                     std::size_t without = SIZE_MAX) {
  double out = 0;
  for (std::size_t c = 0; c < runs.front().constraints.size(); ++c) {
    Constraint constraint = runs.front().constraints[c];
    if (constraint.refuses) {
      continue;
    }
    double demand = 0;
    double count = 0;
    for (std::size_t r = 0; r < runs.size(); ++r) {
      demand += r == without ? 0 : runs[r].constraints[c].demand;
      count += r == without ? 0 : 1;
    }
    constraint.demand = demand / std::max(count, 1.0);
    out = std::max(out, constraint.utilisation(jobs_per_s));
  }
  return out;
}

// What no run can say of itself, arrivals alone.
void read_backlog(const std::vector<Run>& runs, const std::vector<Target>& targets, Probe& out) {
  if (out.level.axis == LoadAxis::Users) {
    return;  // who waits asks for nothing more
  }
  out.saturation = saturation_of(runs, out.level.load);
  for (std::size_t t = 0; t < targets.size(); ++t) {
    if (!targets[t].backlog) {
      continue;
    }
    out.values[t] = out.saturation;
    const bool runs_alone = out.level.batches == 1;
    for (std::size_t r = 0; r < out.without.size(); ++r) {
      out.without[r][t] = saturation_of(runs, out.level.load, runs_alone ? r : SIZE_MAX);
    }
  }
}

// All runs together, and all but each one: by what lies before and what lies after it.
void read_all(const std::vector<Target>& targets, bool leave_one_out, Probe& out) {
  const std::size_t n = out.runs.size();
  record::RunPoint all;
  std::vector<record::RunPoint> before(1);
  for (const record::RunPoint& run : out.runs) {
    add(run, all);
    if (leave_one_out && before.size() < n) {
      before.push_back(all);
    }
  }
  out.values = read(targets, all);
  const record::JobTally& jobs = all.tally.jobs;
  out.response_s = jobs.response.mean() * 1e-9;
  out.cost_usd = jobs.cost.mean() * 1e-9;
  out.done_share =
      jobs.ended() > 0 ? static_cast<double>(jobs.done) / static_cast<double>(jobs.ended()) : 1;
  if (!leave_one_out || n < 2) {
    return;
  }
  out.without.resize(n);
  record::RunPoint after;
  for (std::size_t i = n; i-- > 0;) {
    record::RunPoint others = before[i];
    if (after.end) {
      add(after, others);
    }
    out.without[i] = read(targets, others);
    add(out.runs[i], after);
  }
}

void average_constraints(const std::vector<Run>& runs, Probe& out) {
  out.constraints = runs.front().constraints;
  for (std::size_t c = 0; c < out.constraints.size(); ++c) {
    double sum = 0;
    std::uint64_t refused = 0;
    for (const Run& run : runs) {
      sum += run.constraints[c].demand;
      refused += run.constraints[c].refused;
    }
    out.constraints[c].demand = sum / static_cast<double>(runs.size());
    out.constraints[c].refused = refused;
  }
}

void judge_growth(const std::vector<Run>& runs, const LoadLevel& level, Probe& out) {
  double mean = 0;
  for (const Run& run : runs) {
    out.stopped = out.stopped || run.stopped;
    mean += run.growth / static_cast<double>(runs.size());
  }
  double variance = 0;
  for (const Run& run : runs) {
    variance += (run.growth - mean) * (run.growth - mean);
  }
  const auto n = static_cast<double>(runs.size());
  const double error = n > 1 ? std::sqrt(variance / (n - 1) / n) : 0;
  const bool surely =
      n > 2 ? mean > kLeastGrowth && mean > kSureGrowth * error : mean > kGrowthAlone;
  out.growing = out.stopped || (level.axis == LoadAxis::Rate && (surely || out.saturation > 1));
}

}  // namespace

Result<Probe> probe(const Player& player, const LoadedSystem& system, const LoadLevel& level,
                    const std::vector<Target>& targets, const ProbeOptions& options) {
  const scenarios::Scenario loaded = under_load(system.scenario, level, system.think);
  record::RunHeader header = player.header(loaded, options.seed);
  header.keep = record::KeepRule::nothing();
  header.scenario_text.clear();
  std::vector<std::optional<Result<Run>>> played(options.replications);
  for_each_parallel(
      played.size(),
      [&](std::size_t i) {
        const std::uint64_t seed = mix64(options.seed + i * 0x9E3779B97F4A7C15ULL);
        played[i] = play_one(player, system, loaded, level, header, seed);
      },
      options.threads);
  Probe out;
  out.level = level;
  std::vector<Run> runs;
  for (std::optional<Result<Run>>& run : played) {
    if (!*run) {
      return run->errors();
    }
    runs.push_back(std::move(*run).value());
    out.jobs += runs.back().issued;
  }
  average_constraints(runs, out);
  double counted = 0;
  for (Run& run : runs) {
    for (record::RunPoint& batch : run.batches) {
      counted += static_cast<double>(batch.tally.jobs.ended());
      out.runs.push_back(std::move(batch));
    }
  }
  out.throughput_per_s =
      level.axis == LoadAxis::Rate
          ? level.load
          : counted / (level.length.count_s() * static_cast<double>(runs.size()));
  read_all(targets, options.leave_one_out, out);
  read_backlog(runs, targets, out);
  judge_growth(runs, level, out);
  return out;
}

}  // namespace rehearse::study
