#pragma once

#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/json/value.hpp"

namespace rehearse::inference {

// What was seen of a time (seconds), as a scenario writes it: one observation is a typical value;
// up to 19 their median and spread; more their quantiles. At least one.
json::Value time_figure(std::vector<double> seconds);
// Of an amount: a constant where all are equal.
json::Value amount_figure(std::vector<double> amounts);
// Of a number of items: a constant, or even between the least and the most.
json::Value count_figure(std::vector<double> counts);

// Four significant digits of it, at least a microsecond: "5.123s".
std::string rounded_time(double seconds);

}  // namespace rehearse::inference
