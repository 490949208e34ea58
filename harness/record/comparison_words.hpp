#pragma once

#include <string>
#include <string_view>

#include "harness/record/comparison.hpp"

// The sentences of a comparison. Private to this layer.
namespace rehearse::record {

// The row of that name and statistic; nullptr where there is none.
const MetricChange* find_row(const Comparison& comparison, std::string_view name,
                             std::string_view statistic);

// Sets verdict and headline from the rows of response, cost and errors.
void judge_overall(Comparison& comparison);

}  // namespace rehearse::record
