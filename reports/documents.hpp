#pragma once

#include <span>

#include "harness/record/audit.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/summary.hpp"
#include "harness/record/what_if.hpp"
#include "reports/document.hpp"

// What stands in a report, in the reading order of an engineer in a hurry: is it valid, the number,
// where it comes from; then the tables.
namespace rehearse::reports {

Document run_document(const record::RunSummary& run);
Document comparison_document(const record::Comparison& comparison);
// The points of one grid, a row each; at least one.
Document sweep_document(std::span<const record::RunSummary> points);

Document audit_document(const record::Audit& audit);
Document what_if_document(const record::WhatIf& study);

}  // namespace rehearse::reports
