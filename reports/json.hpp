#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/json/value.hpp"
#include "harness/record/audit.hpp"
#include "harness/record/capacity.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/gate.hpp"
#include "harness/record/history.hpp"
#include "harness/record/model_check.hpp"
#include "harness/record/noise.hpp"
#include "harness/record/suggestion.hpp"
#include "harness/record/summary.hpp"
#include "harness/record/what_if.hpp"

// The JSON reports: a contract (DESIGN.md § The JSON report). The unit is last in every name; what
// the sample cannot carry is null.
namespace rehearse::reports {

inline constexpr int kJsonVersion = 1;

// Twelve digits: a nanosecond of eleven days, without the tail of binary fractions; null where
// there is no finite number.
json::Value tidy(double value);
json::Value tidy(const std::optional<double>& value);
json::Value texts_json(const std::vector<std::string>& texts);
json::Value finite_json(double value);  // null where it is not
json::Value text_or_null(const std::string& text);
json::Value interval_json(double low, double high);
// An array of what `write` makes of each row.
template <typename Rows, typename Write>
json::Value list_json(const Rows& rows, Write write) {
  json::Value out = json::Value::array();
  for (const auto& row : rows) {
    out.push(write(row));
  }
  return out;
}
json::Value change_json(const record::MetricChange& row);
// One member for each Worth, its unit last: "p50_s"; null where there is none.
json::Value worths_json(const record::Worths& worths);
json::Value savings_json(const std::vector<record::Saving>& savings);  // { saved, half_width }
json::Value numbers_json(const std::vector<double>& values);

json::Value run_json(const record::RunSummary& run);
json::Value comparison_json(const record::Comparison& comparison);
json::Value sweep_json(std::span<const record::RunSummary> points);
json::Value audit_json(const record::Audit& audit);
json::Value plan_json(const record::CapacityPlan& plan);
json::Value what_if_json(const record::WhatIf& study);
json::Value suggestions_json(const record::Suggestions& all);
json::Value model_check_json(const record::ModelCheck& check);
json::Value gate_json(const record::GateReport& gate);
json::Value noise_json(const record::NoiseReport& noise);
json::Value history_json(const record::History& history);

}  // namespace rehearse::reports
