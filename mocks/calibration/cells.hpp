#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mocks/calibration/timed_call.hpp"

namespace rehearse::calibration {

// Calls that are alike in what they asked, and one of their times.
struct CellRule {
  std::string name;
  std::string metric;
  std::function<bool(const TimedCall&)> holds;
  std::function<double(const TimedCall&)> value;  // below zero: this call has none
  std::vector<double> values_of(const std::vector<TimedCall>& calls) const;
};

// The cells of these calls: each operation and model, and where calls of one differ much in their
// tokens, their thirds by input and by output; each with first token, pace and total.
std::vector<CellRule> cells_of(const std::vector<TimedCall>& calls);

}  // namespace rehearse::calibration
