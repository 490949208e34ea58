#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/record/comparison.hpp"
#include "harness/record/pairing.hpp"
#include "harness/stats/change.hpp"

// The statistics of one metric on both sides. Private to this layer.
namespace rehearse::record {

// One row for each of `statistics` (means and quantiles).
std::vector<MetricChange> change_of(std::string_view name, const Samples& samples,
                                    std::span<const stats::Statistic> statistics,
                                    const PairingChoice& choice, const stats::Resampling& luck,
                                    const ComparisonOptions& options);

}  // namespace rehearse::record
