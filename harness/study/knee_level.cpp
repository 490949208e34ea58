#include <algorithm>
#include <cmath>

#include "harness/study/knee.hpp"

// How long a load is to be looked at.
namespace rehearse::study {
namespace {

constexpr double kNearlyFull = 0.995;  // longer relaxation is not waited for
constexpr double kMostJobsOver = 8;    // times the jobs asked for, near saturation
constexpr double kStorm = 1.5;         // times the jobs that users bring who get answers
constexpr double kUserCycles = 3;      // until users who came one by one are as after a long time
constexpr double kClusters = 12;       // busy periods that make a tail, at least

// How used each limit is found after a long time at this load: each job adds to what is left of it
// what comes back until the next one, 1 / utilisation of its own demand, give or take as much, and
// takes its demand. While users come, one by one over `ramp_s`, half of them ask: what comes back
// beyond that has to be used before.
std::vector<LimitMood> moods(const Unloaded& unloaded, double jobs_per_s, double ramp_s) {
  std::vector<LimitMood> out;
  for (const Constraint& constraint : unloaded.constraints) {
    if (constraint.per_time && constraint.refuses && constraint.demand > 0) {
      const double busy = std::min(constraint.utilisation(jobs_per_s), 2.0);
      const double size = constraint.written / constraint.demand;               // in jobs
      const double back = constraint.has - jobs_per_s / 2 * constraint.demand;  // a second
      out.push_back({constraint.index, constraint.place, 2 * size * busy * (1 - busy),
                     busy > 1 ? std::max(0.0, back * ramp_s / constraint.written) : 0});
    }
  }
  return out;
}

}  // namespace

LoadLevel level_at(double load, const Unloaded& unloaded, const KneeOptions& options,
                   const LevelSize& size) {
  LoadLevel out;
  out.axis = options.axis;
  out.load = load;
  const double bound = unloaded.bound_per_s();
  const bool rate = options.axis == LoadAxis::Rate;
  const double cycle = unloaded.response_s + unloaded.think_s;
  const double per_s = rate ? load : std::min(load / std::max(cycle, 1e-9), bound);
  // Who waits is slow to forget; calls that are refused leave no queue behind.
  const double waits = unloaded.hard_bound_per_s();
  const double offered = std::isfinite(waits) ? per_s / waits : 0;
  // Past the bound there is nothing to wait for: the backlog only grows.
  const double busy = offered < 1 && !size.backlog_alone ? std::min(offered, kNearlyFull) : 0;
  // The relaxation time of a single queue, in its services: 1 / (1 - sqrt(rho))² (Cohen 1982).
  const double gap = 1 - std::sqrt(busy);
  const double relax_jobs = busy > 0 ? busy / (gap * gap) : 0;
  const auto runs = static_cast<double>(size.replications);
  const double share = std::ceil(static_cast<double>(size.jobs) / runs);
  const double inside = per_s * unloaded.longest_s;
  const double most = share * kMostJobsOver;
  const double long_enough = std::max({8 * relax_jobs, kClusters * relax_jobs / size.tail / runs,
                                       unloaded.limits_forget_jobs(per_s)});
  const double counted = std::clamp(std::max(long_enough, share), 50.0, std::max(most, 50.0));
  // Limits begin as they are found, so that only what their law leaves out is to be forgotten.
  const double forget =
      std::max(4 * relax_jobs, std::min(unloaded.limits_forget_jobs(per_s) / 8, share));
  const double warm = std::min(forget, std::max(most, 50.0)) + inside + 20;
  if (rate) {
    out.warm_jobs = static_cast<std::uint64_t>(warm);
    out.jobs = static_cast<std::uint64_t>(counted);
    out.tail_jobs = static_cast<std::uint64_t>(std::min(inside, counted / 4));
    out.limits = moods(unloaded, load, 0);
    return out;
  }
  const double waiting = std::max(0.0, std::isfinite(bound) ? load / bound - cycle : 0);
  out.ramp = Duration::from_seconds(cycle + waiting);
  out.limits = moods(unloaded, load / std::max(cycle, 1e-9), out.ramp.count_s());
  const double forget_s = std::min(forget, std::max(most, 50.0)) / std::max(per_s, 1e-9);
  out.warm = Duration::from_seconds(kUserCycles * (cycle + waiting) + forget_s);
  // Who is refused counts too, and comes again.
  const double asked = load / std::max(cycle, 1e-9);
  const double counts_per_s = bound < waits ? std::max(per_s, asked) : per_s;
  out.length = Duration::from_seconds(counted / std::max(counts_per_s, 1e-9));
  // Who does not think, and is refused at once, asks as often as the wire allows.
  const double least = unloaded.think_s > 0 ? asked : std::min(asked, std::max(per_s, bound));
  const double jobs = (out.warm + out.length).count_s() * least + load;
  out.most_jobs = static_cast<std::uint64_t>(std::clamp(kStorm * jobs, 1e3, 1e15));
  return out;
}

}  // namespace rehearse::study
