#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/record/run.hpp"
#include "harness/study/player.hpp"
#include "scenarios/model.hpp"

namespace rehearse::study {

// Which jobs of each run count.
enum class WhichJobs : std::uint8_t {
  All,
  First,  // the first of each run: cold caches
  Warm,   // all but the first
};

struct ReplicateOptions {
  std::uint64_t jobs = 10'000;  // about as many in all
  std::uint64_t seed = 1;       // of the first run; the others follow from it
  WhichJobs which = WhichJobs::All;
};

// One batch: runs of one scenario under seeds of its own, counted together.
struct Batch {
  record::RunPoint point;
  std::vector<double> makespans_s;          // of each run in it
  std::vector<stats::Histogram> stage_cpu;  // of each stage a job, nanoseconds; where it has any
};

// Many independent plays of one scenario's workload, in 20 batches (fewer where a run alone is
// longer than a batch): what differs between batches tells how sure their mean is, whatever the
// statistic. A workload of one job is played as many jobs one after the other, each in a process of
// its own. The same options give two scenarios the same luck, batch by batch.
Result<std::vector<Batch>> replicate(const Player& player, const scenarios::Scenario& scenario,
                                     const ReplicateOptions& options);

// All batches as one; at least one.
Batch pooled(const std::vector<Batch>& batches);

}  // namespace rehearse::study
