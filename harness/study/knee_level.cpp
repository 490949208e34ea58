#include <algorithm>
#include <cmath>

#include "harness/study/knee.hpp"

// How long a load is to be looked at.
namespace rehearse::study {
namespace {

constexpr double kNearlyFull = 0.995;  // longer relaxation is not waited for
constexpr double kMostJobsOver = 8;    // times the jobs asked for, near saturation
constexpr double kStorm = 3;           // times the jobs that users bring who get answers
constexpr double kClusters = 12;       // busy periods that make a tail, at least

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
  const double busy = std::isfinite(waits) ? std::min(per_s / waits, kNearlyFull) : 0;
  // The relaxation time of a single queue, in its services: 1 / (1 - sqrt(rho))² (Cohen 1982).
  const double gap = 1 - std::sqrt(busy);
  const double relax_jobs = busy > 0 ? busy / (gap * gap) : 0;
  const auto runs = static_cast<double>(size.replications);
  const double share = std::ceil(static_cast<double>(size.jobs) / runs);
  const double inside = per_s * unloaded.longest_s;
  const double most = share * kMostJobsOver;
  const double long_enough = std::max(8 * relax_jobs, kClusters * relax_jobs / size.tail / runs);
  const double counted = std::clamp(std::max(long_enough, share), 50.0, std::max(most, 50.0));
  const double forget = std::max(4 * relax_jobs, 2 * unloaded.limits_forget_jobs(per_s));
  const double warm = std::min(forget, std::max(most, 50.0)) + 2 * inside + 20;
  if (rate) {
    out.warm_jobs = static_cast<std::uint64_t>(warm);
    out.jobs = static_cast<std::uint64_t>(counted);
    out.tail_jobs = static_cast<std::uint64_t>(std::min(inside, counted / 4));
    return out;
  }
  const double waiting = std::max(0.0, std::isfinite(bound) ? load / bound - cycle : 0);
  out.warm = Duration::from_seconds(4 * (cycle + waiting) + warm / std::max(per_s, 1e-9));
  out.length = Duration::from_seconds(counted / std::max(per_s, 1e-9));
  const double jobs = (out.warm + out.length).count_s() * load / std::max(cycle, 1e-9);
  out.most_jobs = static_cast<std::uint64_t>(std::clamp(kStorm * jobs, 1e3, 1e15));
  return out;
}

}  // namespace rehearse::study
