#include "harness/study/probe.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/parallel.hpp"
#include "harness/base/rng.hpp"

namespace rehearse::study {
namespace {

constexpr std::uint64_t kMostInside = 200'000;  // jobs at once: past it a probe is overloaded
constexpr double kSureGrowth = 4;               // standard errors
constexpr double kGrowthAlone = 0.1;            // … where one run alone must do
constexpr double kLeastGrowth = 0.01;           // seconds of response a second

struct Run {
  record::RunPoint point;
  std::vector<Constraint> constraints;
  double growth = 0;
  std::uint64_t issued = 0;
  bool stopped = false;
};

Result<Run> play_one(const Player& player, const LoadedSystem& system,
                     const scenarios::Scenario& loaded, const LoadLevel& level,
                     const record::RunHeader& header, std::uint64_t seed) {
  record::Recorder recorder(header);
  LevelSink sink(recorder, level);
  engine::Options options;
  options.seed = seed;
  options.max_in_flight = kMostInside;
  Watch watch{.changes = system.changes, .limits_used_up = level.axis == LoadAxis::Rate};
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
  record::RunEnd end = std::move(outcome->end);
  end.issued = sink.counted();
  end.pools.clear();
  const Status finished = recorder.finish(std::move(end));
  if (!finished) {
    return finished.errors();
  }
  out.point = recorder.take_point();
  out.point.first_jobs.clear();
  out.point.tally.timeline = {};
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
  out.growing = out.stopped || (level.axis == LoadAxis::Rate && surely);
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
  judge_growth(runs, level, out);
  double counted = 0;
  for (Run& run : runs) {
    counted += static_cast<double>(run.point.tally.jobs.ended());
    out.runs.push_back(std::move(run.point));
  }
  out.throughput_per_s =
      level.axis == LoadAxis::Rate
          ? level.load
          : counted / (level.length.count_s() * static_cast<double>(runs.size()));
  read_all(targets, options.leave_one_out, out);
  return out;
}

}  // namespace rehearse::study
