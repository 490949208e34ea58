#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/record/run.hpp"

// Several runs of the same thing that differ in their luck alone: what is independent of each other
// where the jobs of one run share queues, limits or caches.
namespace rehearse::record {

// Points of a run file, in its order, by what one command wrote.
struct Entry {
  std::string label;
  std::string branch;
  std::string reason;
  std::int64_t created_unix_ms = 0;  // of its first point
  std::vector<std::size_t> points;   // at least one
};
// In the order of the file. Points without a mark of their own (one plain run or grid) are one.
std::vector<Entry> entries_of(const Run& run);

// The newest entry of that label; the newest of all where `label` is empty. The error lists the
// labels that there are.
Result<Entry> find_entry(const Run& run, const std::string& label);

// Whether all points are of one scenario, workload, variants, parameters and world: then they
// differ in seed and time alone.
bool are_replications(const Run& run, std::span<const std::size_t> points);

// All replications as one: tallies and resources merged, elapsed time and wall time added, so that
// rates are those of the average. At least one point. Makespan is the longest.
RunPoint pool(std::span<const RunPoint* const> points);

}  // namespace rehearse::record
