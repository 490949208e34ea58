#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/cli/arguments.hpp"
#include "harness/cli/run_point.hpp"

// Several runs of the same thing, each with a seed of its own.
namespace rehearse::cli {

// Runs a side that a verdict needs where jobs share queues, limits or caches.
inline constexpr std::uint64_t kSimSeeds = 20;

std::vector<Flag> seeds_flags();  // --seeds
// Its value, or `otherwise` where it is not given.
Result<std::uint64_t> read_seeds(const Arguments& arguments, std::uint64_t otherwise);

// Which of several runs: `number` from 0, of a side where there are two.
struct Replication {
  std::string side;
  std::uint64_t number = 0;
  bool alone = false;  // there is no other: everything is kept of it
};
// The setup of a replication: seed, name, and what is kept: rows only where jobs share nothing,
// else counters alone.
RunSetup with_seed(const scenarios::Scenario& scenario, const RunSetup& setup,
                   const Replication& which);

// One run that is to be made; the scenario must outlive it.
struct PlannedRun {
  const scenarios::Scenario* scenario;
  RunSetup setup;
};
struct SidePlan {
  std::string name;
  const scenarios::Scenario* scenario;
};
struct SeedRange {
  std::uint64_t from = 0;
  std::uint64_t to = 1;
};
// The same seeds of two sides, interleaved (ABBA), so that drift meets both alike.
std::vector<PlannedRun> interleave(const SidePlan& first, const SidePlan& second,
                                   const RunSetup& setup, SeedRange seeds);

// Makes them, virtual ones on all cores: results and their order do not depend on the number. Ends
// early at an interrupt. In real time they share the --max-cost of the first: what one has spent is
// the next one's no more, and none begins without any.
struct PlannedEnd {
  bool aborted = false;  // a run missed an --abort-on objective
  Money spent;           // by all of them
};
Result<PlannedEnd> run_planned(const std::vector<PlannedRun>& runs, record::RunWriter& writer,
                               const Console& console);

// The points of one side of a file that interleave() made, by seed.
std::vector<std::size_t> points_of_side(const record::Run& run, const std::string& side);

}  // namespace rehearse::cli
