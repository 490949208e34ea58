#pragma once

#include <optional>
#include <vector>

#include "harness/study/constraint.hpp"
#include "harness/study/load_level.hpp"
#include "harness/study/target.hpp"

namespace rehearse::study {

// A system as it is to be loaded.
struct LoadedSystem {
  scenarios::Scenario scenario;
  scenarios::Amount think;           // of users, where the workload has none
  std::vector<LimitChange> changes;  // of providers' limits
};

// One level of load, played several times with seeds of its own: the r-th replication of every
// level has the same luck, so that levels are compared pair by pair.
struct Probe {
  LoadLevel level;
  std::vector<record::RunPoint> runs;                       // or their batches (LoadLevel)
  std::vector<std::optional<double>> values;                // of each target, all runs together
  std::vector<std::vector<std::optional<double>>> without;  // … without the r-th run
  std::vector<Constraint> constraints;                      // as the runs used them
  std::uint64_t jobs = 0;                                   // played, those around included
  double throughput_per_s = 0;                              // jobs that began in the window
  double cost_usd = 0;                                      // of a job
  double done_share = 1;
  double response_s = 0;  // mean
  // Busy share of the fullest slots that jobs wait for, arrivals that nobody can serve included.
  double saturation = 0;
  bool growing = false;  // the backlog grows without bound
  bool stopped = false;  // past the jobs that may be inside at once
};

struct ProbeOptions {
  std::uint64_t seed = 1;
  std::uint64_t replications = 20;
  unsigned threads = 0;        // 0: all cores; results do not depend on it
  bool leave_one_out = false;  // fill Probe::without
};

Result<Probe> probe(const Player& player, const LoadedSystem& system, const LoadLevel& level,
                    const std::vector<Target>& targets, const ProbeOptions& options);

}  // namespace rehearse::study
