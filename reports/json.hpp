#pragma once

#include <span>
#include <string>

#include "harness/json/value.hpp"
#include "harness/record/audit.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/summary.hpp"
#include "harness/record/what_if.hpp"

// The JSON reports: a contract (DESIGN.md § The JSON report). The unit is last in every name; what
// the sample cannot carry is null.
namespace rehearse::reports {

inline constexpr int kJsonVersion = 1;

json::Value run_json(const record::RunSummary& run);
json::Value comparison_json(const record::Comparison& comparison);
json::Value sweep_json(std::span<const record::RunSummary> points);
json::Value audit_json(const record::Audit& audit);
json::Value what_if_json(const record::WhatIf& study);

}  // namespace rehearse::reports
