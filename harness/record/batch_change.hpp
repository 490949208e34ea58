#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/record/metric_change.hpp"

// Two long runs whose jobs share something, each cut into batches of neighbours. Private to this
// layer.
namespace rehearse::record {

// One row for each of `statistics`. options.paired: the batches of both sides stand in pairs, 20 of
// them, 10 where their ratios hang together; else 10 of each side, or 5 (Welch). No verdict where a
// side tells less than stats::kFewestIndependent values would: such a run is too short for its own
// correlation, whatever its batches look like. Where only the differences of pairs hang together (a
// machine that was busy for a while, under runs of the same luck), the interval reaches over all
// batches but one at either end: a change that they all show still counts.
std::vector<MetricChange> change_of_batches(std::string_view name, const Samples& samples,
                                            std::span<const stats::Statistic> statistics,
                                            const stats::Resampling& luck,
                                            const stats::ChangeOptions& options);

}  // namespace rehearse::record
