#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "harness/stats/effect.hpp"
#include "harness/study/probe.hpp"

namespace rehearse::study {

struct KneeOptions {
  LoadAxis axis = LoadAxis::Rate;
  std::uint64_t seed = 1;
  std::uint64_t replications = 20;
  std::uint64_t jobs = 200'000;  // of a probe that decides, at most (where so many are needed)
  double precision = 0.01;       // half of the interval that is aimed at, relative
  unsigned most_probes = 12;
  unsigned threads = 0;
  double most_load = std::numeric_limits<double>::infinity();  // nothing is tried beyond
  std::optional<double> guess;  // where somebody knows better than the utilisation law
};

// A system at rest: every constraint with the demand of one job, and every target's value where
// nobody waits.
struct Unloaded {
  std::vector<Constraint> constraints;
  double response_s = 0;  // mean
  double longest_s = 0;   // p99, or the largest of fewer
  double p50_s = 0, p95_s = 0;
  double think_s = 0;   // of users
  double cost_usd = 0;  // of a job
  double done_share = 1;
  std::uint64_t jobs = 0;
  double events_a_job = 1;  // of the engine: what a job takes to play
  // So many times as much of one constraint.
  void relieve(const Constraint& constraint, double factor);
  // The throughput that jobs' waiting for each other bounds: by what makes them wait, by all.
  double hard_bound_per_s() const;
  double bound_per_s() const;
  // How many jobs it takes at such a throughput until a limit that refuses has forgotten how much
  // of it was left: what is left is a random walk between nothing and all of it, whose slowest
  // mode dies with 2 / (drift² + (pi / size)²) steps (reflected Brownian motion: Cox and Miller
  // 1965, §5.7).
  double limits_forget_jobs(double jobs_per_s) const;
};

// Plays jobs one after the other with limits, slots and queues 1000 times as large; fills in
// Target::unloaded and sets the role of those that are broken even so to NeverMet. One probe.
Result<Unloaded> unload(const Player& player, const LoadedSystem& system,
                        std::vector<Target>& targets, const KneeOptions& options);

// The largest load inside every bound.
struct Knee {
  enum class End : std::uint8_t {
    Found,
    Unbounded,  // no bound breaks up to the largest load that was tried
    None,       // no load is inside
  };
  End end = End::None;
  double load = 0;           // users: a whole number
  stats::Interval interval;  // 95%; users: whole numbers
  std::size_t target = 0;    // which bound breaks beyond it
  unsigned probes = 0;       // that of unload() among them
  std::uint64_t jobs = 0;    // played
  std::vector<Probe> curve;  // by load; runs dropped
  std::optional<Probe> at;   // the largest load inside that was played
  std::string note;
};

// Brackets the load at which the first bound breaks (Illinois), then estimates it from three loads
// around it, each replication a sample of its own (delete-one jackknife and Student's t).
Result<Knee> find_knee(const Player& player, const LoadedSystem& system,
                       const std::vector<Target>& targets, const Unloaded& unloaded,
                       const KneeOptions& options);

// How many jobs a load is looked at with, in all; more where the tail of a busy system needs them.
struct LevelSize {
  std::uint64_t replications = 20;
  std::uint64_t jobs = 20'000;
  double tail = 1;             // the share of jobs that a statistic speaks of: 0.01 of a p99
  bool backlog_alone = false;  // whether the backlog grows is asked, not how long anybody waits
};
// How to look at a load: how long it takes until the cold start is forgotten, and how long a
// replication is. Both follow the relaxation time, which grows as 1/(1 - sqrt(utilisation))².
LoadLevel level_at(double load, const Unloaded& unloaded, const KneeOptions& options,
                   const LevelSize& size);

}  // namespace rehearse::study
