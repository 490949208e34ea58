#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/record/suggestion.hpp"
#include "harness/record/what_if.hpp"
#include "harness/study/player.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

// What a set of variants does to the jobs of a workload.
struct Coalition {
  record::Worths all;                   // over all jobs
  std::vector<record::Worths> batches;  // the same over each of 10 batches of runs
  record::JobShares shares;             // of all jobs
  std::uint64_t hash = 0;               // of every job's instants, ends and costs
  bool has_failed = false;              // no job was done
};

struct CoalitionOptions {
  std::string workload;
  std::uint64_t jobs = 1'000;  // at least, in whole runs
  std::uint64_t seed = 1;
};

// Plays a workload with these variants, the same luck for every set of them.
Result<Coalition> play_coalition(const scenarios::ScenarioFile& file, const Player& player,
                                 const std::vector<std::string>& variants,
                                 const CoalitionOptions& options);

// What the second saves of what the first takes, batch by batch with the same luck.
record::Saving saving_of(const Coalition& before, const Coalition& after, record::Worth worth);

}  // namespace rehearse::study
