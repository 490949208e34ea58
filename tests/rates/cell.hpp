#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/record/pairing.hpp"
#include "tests/rates/process.hpp"

namespace rehearse::rates {

// One cell of the grid: what is compared with what, by which unit of analysis.
struct Cell {
  Process process;
  std::size_t n = 20;  // values a side; of whole runs: runs a side, of kJobsARun values each
  record::Pairing unit = record::Pairing::Jobs;
  double correlation = 0;
  double factor = 1;     // of every value after
  double tolerance = 0;  // 0: every interval without "no change" is an alarm
  std::string name() const;
};
inline constexpr std::size_t kJobsARun = 200;

// What came of many comparisons, for one statistic.
struct Outcome {
  std::string statistic;  // "mean", "p95", …
  std::uint64_t pairs = 0;
  std::uint64_t refused = 0;    // no verdict could be given: too few or too dependent values
  std::uint64_t alarms = 0;     // improved or regressed
  std::uint64_t regressed = 0;  // of them
  std::uint64_t same = 0;
  std::uint64_t missed = 0;  // intervals without the true change, of those that were given
  std::uint64_t judged() const { return pairs - refused; }
};

// Compares `pairs` pairs from the seeds first, first + 1, …; the statistics that the cell's size
// can carry.
std::vector<Outcome> run_cell(const Cell& cell, std::uint64_t pairs, std::uint64_t first = 1);

// A/A cells: every process, size and unit that may give a verdict.
std::vector<Cell> null_cells();
// Cells where every value after is a tenth larger: does the interval hold the true change?
std::vector<Cell> changed_cells();

// Of the pairs that were inconclusive at first, the share that is decided with as many more as the
// verdict asked for.
struct MoreNeeded {
  std::uint64_t inconclusive = 0;
  std::uint64_t decided = 0;
};
MoreNeeded try_more(const Cell& cell, std::uint64_t pairs, std::uint64_t first = 1);

}  // namespace rehearse::rates
