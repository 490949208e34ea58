#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/study/capacity_parts.hpp"

// Loads that are asked about: headroom, and a rate over a length of time.
namespace rehearse::study {
namespace {

constexpr double kFactors[] = {1.25, 1.5, 2, 10};
// Stage executions that are played in about a minute of one core, recording on.
constexpr double kMinute = 4e7;
constexpr std::uint64_t kWindows = 20;
constexpr double kLeastSlots = 20;  // a slice keeps at least so many of what is finite

std::string fullest(const Probe& probe, double& share) {
  share = 0;
  std::string out;
  for (const Constraint& constraint : probe.constraints) {
    const double full = constraint.utilisation(probe.throughput_per_s);
    if (constraint.demand > 0 && full > share) {
      share = full;
      out = constraint.name;
    }
  }
  share = std::min(share, 1.0);
  return out;
}

// As large a piece of the load as is to be played, `slice` of it.
struct SpanPlan {
  std::string method;
  std::string explanation;
  double slice = 1;
  std::uint64_t runs = 1;
  LoadLevel level;
};

double stages_of(const LoadedSystem& system) {
  return std::max(1.0, static_cast<double>(system.scenario.stages.size()));
}

SpanPlan exact_span(double per_s, double jobs) {
  SpanPlan out;
  out.method = "exact";
  out.explanation = "every job of it was played, from a cold start";
  out.level.load = per_s;
  out.level.jobs = static_cast<std::uint64_t>(jobs);
  return out;
}

// Windows of a load that does not change: after the warm-up each is a sample of all of it.
SpanPlan window_span(const Surveyed& surveyed, const KneeOptions& how, double per_s, double jobs) {
  SpanPlan out;
  const double budget = kMinute / stages_of(surveyed.system);
  const double inside = per_s * surveyed.unloaded.longest_s;
  double least = 1;  // of what is finite and in use
  for (const Constraint& constraint : surveyed.unloaded.constraints) {
    if (constraint.demand > 0 && !constraint.per_time) {
      least = std::max(least, kLeastSlots);
    }
  }
  // What warms up must not eat what is counted.
  out.slice = std::clamp(budget / static_cast<double>(kWindows) / (4 * inside + 1), 1e-6, 1.0);
  for (const Constraint& constraint : surveyed.unloaded.constraints) {
    if (constraint.demand > 0 && !constraint.per_time && constraint.has > 0) {
      out.slice = std::max(out.slice, std::min(1.0, kLeastSlots / constraint.has));
    }
  }
  out.runs = kWindows;
  const auto each = static_cast<std::uint64_t>(budget / 2);
  out.level = level_at(per_s * out.slice, surveyed.unloaded, how, {kWindows, each, 1});
  const double seconds = static_cast<double>(out.level.jobs) / out.level.load;
  out.method = out.slice < 1 ? "slice" : "windows";
  out.explanation =
      std::to_string(kWindows) + " windows of " +
      readable_duration(Duration::from_seconds(seconds)) + " stand for all " + grouped(jobs) +
      " jobs: the load does not change, so each is a sample of the whole, after a warm-up of " +
      grouped(static_cast<double>(out.level.warm_jobs)) + " jobs";
  if (out.slice < 1) {
    out.explanation += "; of each only " + number_text(out.slice * 100) +
                       "% of the arrivals, with limits, slots and queues made as much smaller: "
                       "exact where jobs do not wait for each other, too long a wait where they do";
  }
  return out;
}

LoadedSystem sliced(const Surveyed& surveyed, double slice) {
  LoadedSystem out = surveyed.system;
  if (slice >= 1) {
    return out;
  }
  for (const Constraint& constraint : surveyed.unloaded.constraints) {
    relieve(constraint, slice, out.scenario, out.changes);
  }
  for (scenarios::Resource& resource : out.scenario.resources) {
    if (resource.queue_max) {
      resource.queue_max =
          static_cast<std::uint64_t>(std::ceil(static_cast<double>(*resource.queue_max) * slice));
    }
  }
  return out;
}

// The quantiles of all runs, and how sure the p99 is, by what single runs say.
void read_quantiles(const Probe& found, record::CapacitySpan& out) {
  stats::Histogram all;
  std::vector<double> p99;
  for (const record::RunPoint& run : found.runs) {
    all.merge(run.tally.jobs.response);
    if (const auto each = run.tally.jobs.response.quantile(0.99)) {
      p99.push_back(*each * 1e-9);
    }
  }
  const auto at = [&](double q) {
    const auto value = all.quantile(q);
    return value ? std::optional(*value * 1e-9) : std::nullopt;
  };
  out.p50_s = at(0.5);
  out.p95_s = at(0.95);
  out.p99_s = at(0.99);
  out.p99_low_s = out.p99_high_s = out.p99_s.value_or(0);
  if (p99.size() < 2) {
    return;
  }
  double mean = 0;
  for (const double value : p99) {
    mean += value / static_cast<double>(p99.size());
  }
  double squares = 0;
  for (const double value : p99) {
    squares += (value - mean) * (value - mean);
  }
  const auto n = static_cast<double>(p99.size());
  const double half = 2.09 * std::sqrt(squares / (n - 1) / n);  // t(19), 97.5%
  out.p99_low_s = *out.p99_s - half;
  out.p99_high_s = *out.p99_s + half;
}

}  // namespace

std::string in_words(const Target& target, double value) {
  const auto unit = record::unit_of(target.what);
  const bool share = target.what.stat == record::Stat::Share || unit == record::ValueUnit::Ratio;
  if (std::isinf(value)) {
    return target.text + ": endless";
  }
  if (share) {
    return target.text + ": " + number_text(std::round(value * 1000) / 10) + "%";
  }
  if (unit == record::ValueUnit::Seconds) {
    return target.text + ": " + readable_duration(Duration::from_seconds(value));
  }
  return target.text + ": " + number_text(value) + " " + std::string(record::unit_suffix(unit));
}

Result<std::vector<record::HeadroomRow>> headroom(const Player& player, const Surveyed& surveyed,
                                                  const KneeOptions& how, double of) {
  std::vector<record::HeadroomRow> out;
  for (const double factor : kFactors) {
    double load = of * factor;
    load = how.axis == LoadAxis::Users ? std::min(std::round(load), 1e6) : load;
    const Result<Probe> found =
        look_at(player, surveyed.system, surveyed.unloaded, surveyed.targets, how, load);
    if (!found) {
      return found.errors();
    }
    record::HeadroomRow row;
    row.factor = factor;
    row.load = load;
    row.growing = found->growing;
    row.binds = fullest(*found, row.binds_share);
    for (std::size_t t = 0; t < surveyed.targets.size(); ++t) {
      const Target& target = surveyed.targets[t];
      const bool judged = target.role == Target::Role::Bound && !target.backlog && found->values[t];
      if (judged && !record::holds(*found->values[t], target.what.op, target.what.value)) {
        row.broken.push_back(in_words(target, *found->values[t]));
      }
    }
    row.inside = row.broken.empty() && !row.growing;
    out.push_back(std::move(row));
  }
  return out;
}

Result<record::CapacitySpan> play_span(const Player& player, const Surveyed& surveyed,
                                       const KneeOptions& how, double per_s, Duration length) {
  const double jobs = per_s * length.count_s();
  const bool fits =
      jobs * stages_of(surveyed.system) <= kMinute && per_s * surveyed.unloaded.longest_s < 150'000;
  const SpanPlan how_played =
      fits ? exact_span(per_s, jobs) : window_span(surveyed, how, per_s, jobs);
  ProbeOptions options;
  options.seed = how.seed;
  options.replications = how_played.runs;
  options.threads = how.threads;
  const LoadedSystem system = sliced(surveyed, how_played.slice);
  const Result<Probe> found = probe(player, system, how_played.level, surveyed.targets, options);
  if (!found) {
    return found.errors();
  }
  record::CapacitySpan out;
  out.load = per_s;
  out.length_s = length.count_s();
  out.jobs = jobs;
  out.method = how_played.method;
  out.explanation = how_played.explanation;
  if (found->growing) {
    out.explanation +=
        "; the backlog grows without bound, so its times are those of the stretch "
        "that was played: later ones are longer";
  }
  out.jobs_played = found->jobs;
  out.point = point_of(*found);
  out.point.load = per_s;
  out.point.throughput_per_s = per_s;
  read_quantiles(*found, out);
  for (std::size_t t = 0; t < surveyed.targets.size(); ++t) {
    const Target& target = surveyed.targets[t];
    record::CapacityObjective row;
    row.text = target.text;
    row.level = target.level;
    row.unit = std::string(record::unit_suffix(record::unit_of(target.what)));
    row.limit = target.what.value;
    row.at_knee = found->values[t];
    row.why = target.why;
    row.role = !row.at_knee                                             ? "unread"
               : record::holds(*row.at_knee, target.what.op, row.limit) ? "holds"
                                                                        : "binds";
    out.objectives.push_back(std::move(row));
  }
  return out;
}

}  // namespace rehearse::study
