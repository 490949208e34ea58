#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/study/capacity_parts.hpp"
#include "harness/study/span_read.hpp"

// A rate over a length of time: every job of it, or windows that stand for it.
namespace rehearse::study {
namespace {

constexpr std::uint64_t kWindows = 20;  // or batches of what is played whole
constexpr double kInsideExact = 150'000;
constexpr double kInsideSlice = 100'000;
constexpr double kLeastParts = 20;    // a slice keeps at least so many of what jobs wait for
constexpr double kInUse = 0.5;        // of what is less used jobs hardly wait
constexpr double kWindowJobs = 2;     // times the jobs inside, at least, that a window counts
constexpr double kLeastBatch = 50;    // jobs
constexpr unsigned kMostWarmUps = 3;  // each longer, until jobs are inside no longer than it lasts
constexpr double kTail = 0.01;        // windows are long enough for a p99

// What is played for a span.
struct Piece {
  double slice = 1;  // of arrivals and of what they share
  LoadedSystem system;
  Unloaded rest;
  LoadLevel level;
  std::uint64_t runs = 1;
};

double stages_of(const LoadedSystem& system) {
  return std::max(1.0, static_cast<double>(system.scenario.stages.size()));
}

// Whether jobs wait for it, or are refused by it, at so many jobs a second.
bool matters(const Constraint& constraint, double per_s) {
  const bool bucket = constraint.per_time && constraint.refuses;
  return constraint.demand > 0 && (bucket || constraint.utilisation(per_s) >= kInUse);
}

// The smallest part of the load that still has some of everything that matters.
double least_slice(const Surveyed& surveyed, double per_s) {
  double out = 0;
  for (const Constraint& constraint : surveyed.unloaded.constraints) {
    if (!matters(constraint, per_s)) {
      continue;
    }
    const double parts = constraint.per_time
                             ? constraint.written / constraint.demand  // jobs that it lasts for
                             : parts_of(constraint, surveyed.system.scenario);
    out = std::max(out, kLeastParts / std::max(parts, 1.0));
  }
  return std::min(out, 1.0);
}

// So that the fullest of what comes in parts is cut to a whole number of them, and half of that
// too.
double even_slice(const Surveyed& surveyed, double per_s, double slice) {
  const Constraint* fullest = nullptr;
  for (const Constraint& constraint : surveyed.unloaded.constraints) {
    if (!constraint.per_time && matters(constraint, per_s) &&
        (fullest == nullptr || constraint.bound_per_s() < fullest->bound_per_s())) {
      fullest = &constraint;
    }
  }
  if (fullest == nullptr) {
    return slice;
  }
  const double parts = parts_of(*fullest, surveyed.system.scenario);
  return std::min(1.0, 2 * std::ceil(slice * parts / 2 - 1e-9) / parts);
}

// How long jobs are inside at most, as far as can be said before: their work where nobody waits,
// and a full queue before each thing that is full.
double residence_s(const Surveyed& surveyed, double per_s) {
  double out = surveyed.unloaded.longest_s;
  for (const Constraint& constraint : surveyed.unloaded.constraints) {
    if (std::isfinite(constraint.places) && matters(constraint, per_s) && constraint.has > 0) {
      const double pass_s = constraint.places * constraint.demand / constraint.has;
      out += std::min(pass_s, 1e3 * surveyed.unloaded.longest_s);
    }
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

// Windows of a load that does not change: after the warm-up each is a sample of all of it.
Piece windows_of(const Surveyed& surveyed, const KneeOptions& how, const SpanAsked& asked,
                 double slice) {
  Piece out;
  out.slice = slice;
  out.system = sliced(surveyed, slice);
  out.rest = surveyed.unloaded;
  for (const Constraint& constraint : surveyed.unloaded.constraints) {
    out.rest.relieve(constraint, slice);
  }
  out.runs = kWindows;
  const double budget = asked.stages / stages_of(surveyed.system);
  const auto jobs = static_cast<std::uint64_t>(std::max(budget / 8, kLeastBatch * kWindows));
  out.level = level_at(asked.per_s * slice, out.rest, how, {kWindows, jobs, kTail});
  const double inside = out.level.load * residence_s(surveyed, asked.per_s);
  out.level.warm_jobs = std::max(out.level.warm_jobs, static_cast<std::uint64_t>(inside) + 20);
  out.level.jobs = std::max(out.level.jobs, static_cast<std::uint64_t>(kWindowJobs * inside));
  return out;
}

double slice_of(const Surveyed& surveyed, const SpanAsked& asked) {
  const double inside = asked.per_s * surveyed.unloaded.longest_s;
  const double window = asked.stages / stages_of(surveyed.system) / kWindows;
  // Warm-up, what counts and what follows are four times the jobs inside.
  const double fits = std::min(window / (8 * inside + 1), kInsideSlice / std::max(inside, 1.0));
  const double slice = std::max(fits, least_slice(surveyed, asked.per_s));
  return slice < 1 ? even_slice(surveyed, asked.per_s, slice) : 1;
}

Piece whole_of(const Surveyed& surveyed, const SpanAsked& asked) {
  Piece out;
  out.system = surveyed.system;
  out.level.load = asked.per_s;
  out.level.jobs = static_cast<std::uint64_t>(asked.per_s * asked.length.count_s());
  out.level.batches = static_cast<double>(out.level.jobs) >= kLeastBatch * kWindows ? kWindows : 1;
  return out;
}

Result<Probe> play(const Player& player, const Surveyed& surveyed, const KneeOptions& how,
                   const Piece& piece) {
  ProbeOptions options;
  options.seed = how.seed;
  options.replications = piece.runs;
  options.threads = how.threads;
  options.leave_one_out = true;
  return probe(player, piece.system, piece.level, surveyed.targets, options);
}

double longest_s(const Probe& probe) {
  double out = 0;
  for (const record::RunPoint& run : probe.runs) {
    out = std::max(out, run.tally.jobs.response.quantile(0.99).value_or(0) * 1e-9);
  }
  return out;
}

// Played again with a longer warm-up where jobs turn out to be inside for longer than it lasts.
Result<Probe> play_warm(const Player& player, const Surveyed& surveyed, const KneeOptions& how,
                        Piece& piece) {
  Result<Probe> found = play(player, surveyed, how, piece);
  for (unsigned i = 1; i < kMostWarmUps && found && !found->growing; ++i) {
    const double inside = longest_s(*found) * piece.level.load;
    if (inside <= static_cast<double>(piece.level.warm_jobs)) {
      break;
    }
    piece.level.warm_jobs = static_cast<std::uint64_t>(1.2 * inside);
    found = play(player, surveyed, how, piece);
  }
  return found;
}

std::string explain(const Piece& piece, double jobs) {
  const LoadLevel& level = piece.level;
  const double window_s = static_cast<double>(level.jobs) / level.load;
  const double warm_s = static_cast<double>(level.warm_jobs) / level.load;
  std::string out = fmt::format(
      "{} windows of {} stand for all {} jobs: the load does not change, so each is a sample of "
      "the whole, after a warm-up of {}, which itself is left out",
      piece.runs, readable_duration(Duration::from_seconds(window_s)), grouped(jobs),
      readable_duration(Duration::from_seconds(warm_s)));
  if (piece.slice < 1) {
    out += fmt::format(
        "; of each only {:.3g}% of the arrivals, with limits, slots and queues made as much "
        "smaller: exact where jobs do not wait for each other, too long a wait where they do; half "
        "of that part was played too, and the intervals hold what both say of the whole",
        piece.slice * 100);
  }
  return out;
}

// Intervals of all that is read: by chance alone, or of the whole of which a slice was played.
class Intervals {
 public:
  Intervals(const Surveyed& surveyed, const Probe& part, const Probe* half, double slice)
      : surveyed_(surveyed), part_(part), half_(half), slice_(slice) {}

  std::optional<stats::Interval> of_target(std::size_t target) const {
    const Target& what = surveyed_.targets[target];
    const bool time = record::unit_of(what.what) == record::ValueUnit::Seconds;
    const ReplicatedValue half = half_ != nullptr ? read_target(*half_, target) : ReplicatedValue{};
    return of(read_target(part_, target), half_ != nullptr ? &half : nullptr,
              time ? what.unloaded : std::nullopt);
  }

  void fill(record::CapacitySpan& out) const {
    const JobReadings part = read_jobs(part_);
    const JobReadings half = half_ != nullptr ? read_jobs(*half_) : JobReadings{};
    const auto also = [&](const ReplicatedValue& of_half) { return half_ ? &of_half : nullptr; };
    out.p50_s = part.p50_s.all;
    out.p95_s = part.p95_s.all;
    out.p99_s = part.p99_s.all;
    const Unloaded& rest = surveyed_.unloaded;
    out.p50_interval_s = of(part.p50_s, also(half.p50_s), rest.p50_s);
    out.p95_interval_s = of(part.p95_s, also(half.p95_s), rest.p95_s);
    out.p99_interval_s = of(part.p99_s, also(half.p99_s), rest.longest_s);
    out.done_share_interval = within(of(part.done_share, also(half.done_share)), 1);
    out.cost_interval_usd = of(part.cost_usd, also(half.cost_usd));
  }

  // What is a share is between nothing and all.
  static std::optional<stats::Interval> within(std::optional<stats::Interval> interval,
                                               double most) {
    if (interval) {
      interval->low = std::max(interval->low, 0.0);
      interval->high = std::min(interval->high, most);
    }
    return interval;
  }

 private:
  // `at_rest`: a time where nobody waits.
  std::optional<stats::Interval> of(const ReplicatedValue& part, const ReplicatedValue* half,
                                    std::optional<double> at_rest = std::nullopt) const {
    if (part_.growing) {
      return std::nullopt;  // later windows say more than these
    }
    return half == nullptr ? part.interval() : interval_of_whole(part, *half, slice_, at_rest);
  }

  const Surveyed& surveyed_;
  const Probe& part_;
  const Probe* half_;
  double slice_;
};

void read_objectives(const Surveyed& surveyed, const Probe& found, const Intervals& intervals,
                     record::CapacitySpan& out) {
  for (std::size_t t = 0; t < surveyed.targets.size(); ++t) {
    const Target& target = surveyed.targets[t];
    record::CapacityObjective row;
    row.text = target.text;
    row.level = target.level;
    row.unit = std::string(record::unit_suffix(record::unit_of(target.what)));
    row.limit = target.what.value;
    row.at_knee = found.values[t];
    row.interval = intervals.of_target(t);
    const bool share = record::unit_of(target.what) == record::ValueUnit::Ratio;
    if (share && !target.backlog) {
      row.interval = Intervals::within(row.interval, 1);
    }
    row.why = target.why;
    row.role = !row.at_knee                                             ? "unread"
               : record::holds(*row.at_knee, target.what.op, row.limit) ? "holds"
                                                                        : "binds";
    out.objectives.push_back(std::move(row));
  }
}

// Stopped by too many jobs inside though all that there is carries the load.
bool too_large(const Probe& found, const Piece& piece) {
  return found.stopped && piece.slice <= 1 && found.saturation <= 1;
}

record::CapacitySpan describe(const Surveyed& surveyed, const SpanAsked& asked, const Piece& piece,
                              const Probe& found, const Probe* half) {
  record::CapacitySpan out;
  out.load = asked.per_s;
  out.length_s = asked.length.count_s();
  out.jobs = asked.per_s * asked.length.count_s();
  const bool exact = piece.runs == 1;
  out.method = exact ? "exact" : piece.slice < 1 ? "slice" : "windows";
  out.explanation =
      exact ? "every job of it was played, from a cold start; intervals say how much it varies, by "
              "stretches of it"
            : explain(piece, out.jobs);
  if (too_large(found, piece)) {
    out.explanation += "; so many jobs are inside at once that it was not played to its end";
  } else if (found.growing) {
    out.explanation +=
        "; the backlog grows without bound, so its times are those of the stretch "
        "that was played: later ones are longer";
  }
  out.jobs_played = found.jobs + (half != nullptr ? half->jobs : 0);
  out.point = point_of(found);
  out.point.load = asked.per_s;
  out.point.throughput_per_s = asked.per_s;
  const Intervals intervals(surveyed, found, half, piece.slice);
  intervals.fill(out);
  read_objectives(surveyed, found, intervals, out);
  return out;
}

}  // namespace

Result<record::CapacitySpan> play_span(const Player& player, const Surveyed& surveyed,
                                       const KneeOptions& how, const SpanAsked& asked) {
  const double jobs = asked.per_s * asked.length.count_s();
  const bool exact = jobs * stages_of(surveyed.system) <= asked.stages &&
                     asked.per_s * surveyed.unloaded.longest_s < kInsideExact;
  Piece piece = exact ? whole_of(surveyed, asked)
                      : windows_of(surveyed, how, asked, slice_of(surveyed, asked));
  const Result<Probe> found =
      exact ? play(player, surveyed, how, piece) : play_warm(player, surveyed, how, piece);
  if (!found) {
    return found.errors();
  }
  if (piece.slice >= 1 || found->growing) {
    return describe(surveyed, asked, piece, *found, nullptr);
  }
  Piece smaller = windows_of(surveyed, how, asked, piece.slice / 2);
  const Result<Probe> half = play_warm(player, surveyed, how, smaller);
  if (!half) {
    return half.errors();
  }
  return describe(surveyed, asked, piece, *found, &*half);
}

}  // namespace rehearse::study
