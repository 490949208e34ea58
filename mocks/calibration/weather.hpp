#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "mocks/calibration/timed_call.hpp"

namespace rehearse::calibration {

// Slow times that neighbouring calls share: how long such a slot is, and how slow each one was.
struct Weather {
  double slot_s = 0;                       // 0: none was found
  std::map<std::int64_t, double> factors;  // slot → times longer than usual
  double factor_at(double at_s) const;
  std::vector<double> values() const;
};

// Finds it in calls whose instants are known. `residuals`: the logarithm of each call's time over
// what is usual for its features. One-way analysis of variance per slot length (Searle, Linear
// Models, §9); the longest slot that explains most is taken, and slots' means are shrunk to the
// variance that they really have. None where neighbours are not alike beyond chance.
Weather find_weather(const std::vector<TimedCall>& calls, std::span<const double> residuals);

}  // namespace rehearse::calibration
