#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/json/value.hpp"
#include "harness/record/summary.hpp"
#include "reports/page.hpp"

// The axes of a grid, for its charts. Private to this layer.
namespace rehearse::reports {

struct Axis {
  std::string name;
  std::vector<json::Value> values;  // at least two, in the order in which they are first met
  bool numeric() const;
};
std::vector<Axis> axes_of(std::span<const record::RunSummary> points);

// A value of an axis as people read it.
std::string axis_text(const json::Value& value);
// The value of a point on an axis, or nullptr.
const json::Value* value_on(const record::RunSummary& point, const std::string& axis);
// The place of that value among the axis' values.
std::optional<std::size_t> place_on(const Axis& axis, const record::RunSummary& point);

// Whether every point carries a p95; else charts speak of the mean.
bool carries_p95(std::span<const record::RunSummary> points);
// The response time that charts speak of.
double spoken(const record::RunSummary& point, bool p95);

// Response, throughput and cost along the longest axis of numbers, axes of load before others.
std::optional<Chart> curves_chart(std::span<const record::RunSummary> points,
                                  const std::vector<Axis>& axes);
// Where a grid over load alone bends, in a sentence; empty where there is no such axis or no knee
// inside it.
std::string knee_sentence(std::span<const record::RunSummary> points);

}  // namespace rehearse::reports
