#pragma once

#include <span>

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
#include "reports/document.hpp"

// What stands in a report, in the reading order of an engineer in a hurry: is it valid, the number,
// where it comes from; then the tables.
namespace rehearse::reports {

// `typical_job`: with the waterfall of one, where the summary carries its detail.
Document run_document(const record::RunSummary& run, bool typical_job = false);
Document comparison_document(const record::Comparison& comparison);
// "IMPROVED"; where one thing got worse and another better, what got worse: "REGRESSED IN COST".
std::string verdict_word(const record::Comparison& comparison);
// One screen: the decision, what decided it, what to do now. `passes` says whether the policy lets
// what is inconclusive pass.
Document gate_document(const record::GateReport& gate, bool passes);
// The objectives of level fail that made it fail, or inconclusive, with their figures; empty where
// none did. And how many of them came to what.
std::string gate_decided_by(const record::GateReport& gate);
std::string gate_tally(const record::GateReport& gate);
// The pipeline against itself.
Document noise_document(const record::NoiseReport& noise);
// Runs over time, and where they changed.
Document history_document(const record::History& history);
// "response p95", "image, response mean".
std::string series_label(const record::HistorySeries& series);
// What a run of a history is called: its label, else its place, which counts from 0.
std::string entry_name(const record::HistoryEntry& entry, std::size_t place);
// The points of one grid, a row each; at least one.
Document sweep_document(std::span<const record::RunSummary> points);
// What a grid comes to, the most telling first: its knee, its best points, its objectives.
std::vector<std::string> sweep_sentences(std::span<const record::RunSummary> points);

Document audit_document(const record::Audit& audit);
Table claim_table(const record::ScenarioAudit& audit);
// Why claims have that verdict, a line each; empty where none has.
Paragraph claim_reasons(const record::ScenarioAudit& audit, record::ClaimVerdict verdict);
Document what_if_document(const record::WhatIf& study);
// A figure of that kind as people read it: USD, or a time.
std::string in_worth_unit(record::Worth worth, double value);
Document suggestions_document(const record::Suggestions& all);
Table suggestion_table(const record::Suggestions& all, bool same_quality);
Table suggested_set_table(const record::Suggestions& all, const record::SuggestedSet& set);
Document model_check_document(const record::ModelCheck& check);
// The largest load, what binds it, headroom, what a target takes, money.
Document plan_document(const record::CapacityPlan& plan);

}  // namespace rehearse::reports
