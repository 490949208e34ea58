#pragma once

#include <vector>

#include "harness/json/value.hpp"

namespace rehearse::calibration {

// A sample as a profile writes it: { "quantiles": … } with tail-dense knots (type 7), more of them
// around gaps of the sample (a second mode, cold starts), so that no mass is put between modes; one
// number where all values are equal. Values are finite and not negative, at least one.
json::Value time_knots(std::vector<double> seconds);
json::Value amount_knots(std::vector<double> amounts);

// The probabilities of those knots; `ascending` has at least two different values. O(n).
std::vector<double> knot_probabilities(const std::vector<double>& ascending);

}  // namespace rehearse::calibration
