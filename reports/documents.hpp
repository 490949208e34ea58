#pragma once

#include <span>

#include "harness/record/audit.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/gate.hpp"
#include "harness/record/history.hpp"
#include "harness/record/model_check.hpp"
#include "harness/record/noise.hpp"
#include "harness/record/suggestion.hpp"
#include "harness/record/summary.hpp"
#include "harness/record/what_if.hpp"
#include "reports/document.hpp"

// What stands in a report, in the reading order of an engineer in a hurry: is it valid, the number,
// where it comes from; then the tables.
namespace rehearse::reports {

Document run_document(const record::RunSummary& run);
Document comparison_document(const record::Comparison& comparison);
// One screen: the decision, what decided it, what to do now. `passes` says whether the policy lets
// what is inconclusive pass.
Document gate_document(const record::GateReport& gate, bool passes);
// The pipeline against itself.
Document noise_document(const record::NoiseReport& noise);
// Runs over time, and where they changed.
Document history_document(const record::History& history);
// The points of one grid, a row each; at least one.
Document sweep_document(std::span<const record::RunSummary> points);

Document audit_document(const record::Audit& audit);
Table claim_table(const record::ScenarioAudit& audit);
// Why claims have that verdict, a line each; empty where none has.
Paragraph claim_reasons(const record::ScenarioAudit& audit, record::ClaimVerdict verdict);
Document what_if_document(const record::WhatIf& study);
Document suggestions_document(const record::Suggestions& all);
Document model_check_document(const record::ModelCheck& check);

}  // namespace rehearse::reports
