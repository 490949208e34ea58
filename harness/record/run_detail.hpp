#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/run.hpp"
#include "harness/record/summary.hpp"

namespace rehearse::record {

// A failed attempt of a traced job: what a limit looked like, and when.
struct Refusal {
  double at_s = 0;  // scenario time of its end
  std::string failure;
};

// What charts and histogram formats need of a run beyond its summary.
struct RunDetail {
  Tally tally;
  std::optional<JobSummary> typical;  // the traced job that is nearest to the p50
  std::optional<JobSummary> slow;     // nearest to the p95, where the sample carries one
  std::uint64_t traces = 0;           // that were looked at for these and for `refusals`
  std::vector<Refusal> refusals;      // at most kMostRefusals
  static constexpr std::size_t kMostTraces = 2000;
  static constexpr std::size_t kMostRefusals = 5000;
};

// The detail of point `number` of the run file at `path`; traces that cannot be read leave
// typical and slow empty. O(traces), at most kMostTraces of them.
std::shared_ptr<const RunDetail> load_detail(const std::filesystem::path& path, std::size_t number,
                                             const RunPoint& point);

// after − before of the response times of jobs that were done on both sides.
struct PairedDifferences {
  std::uint64_t pairs = 0, faster = 0, slower = 0;
  std::vector<double> quantiles_s;  // ascending, at evenly spaced ranks, first to last; at most 401
};
// Pairs by job id; none where no job was done on both sides. O(n log n).
PairedDifferences paired_differences(const ComparisonSide& before, const ComparisonSide& after);

}  // namespace rehearse::record
