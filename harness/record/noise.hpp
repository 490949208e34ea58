#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/comparison.hpp"
#include "harness/record/objective.hpp"

// What a pipeline compared with itself says about the harness and about luck: an A/A study.
namespace rehearse::record {

// How much one statistic moves although nothing changed. Deviations are of logarithms, so 0.02 is
// about 2%; of rates they are absolute.
struct NoiseRow {
  std::string text;    // the objective that is watched, or the inner part of a delta
  std::string unit;    // "s", "USD", "%"
  double mean = 0;     // over all runs
  double between = 0;  // deviation between runs of different luck
  double within = 0;   // what between would be were jobs independent: means alone, else 0
  // Deviation of the difference between two runs of the same luck, and how the two correlate.
  double paired = 0;
  double correlation = 0;
  // The half width of the 95% interval of a change between two single runs: what is lost in noise.
  double floor = 0;
  // The least change that a gate finds in 4 of 5 cases, by runs a side; pairs of the same luck
  // where the world repeats its luck.
  struct Detectable {
    std::uint64_t runs = 0;
    double change = 0;
  };
  std::vector<Detectable> detectable;
  double limit = 0;               // of the delta: what is to be found
  std::uint64_t runs_needed = 0;  // a side, to find `limit` in 4 of 5 cases; at least 6
  std::string why;                // there is no number: "needs 72 jobs"
};

struct NoiseReport {
  RunSummary runs;  // of all of them
  std::uint64_t seeds = 0;
  bool repeats_luck = false;  // both runs of a seed meet the same luck
  bool isolated = false;      // jobs share nothing, so jobs of one run are samples
  std::vector<NoiseRow> rows;
  std::uint64_t runs_needed = 0;  // the most of all rows
  double jobs_a_run = 0;
  double run_s = 0;  // scenario time
  double run_usd = 0;
};

// Of a gate's deltas (texts; the scenario's own, else the default ones), from two runs a seed:
// those of `again` are paired with `runs` by seed. At least two seeds. Errors: a text that is no
// delta.
Result<NoiseReport> measure_noise(const std::vector<const RunPoint*>& runs,
                                  const std::vector<const RunPoint*>& again,
                                  const std::vector<std::string>& gate);

}  // namespace rehearse::record
