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
#include "reports/charts.hpp"
#include "reports/page.hpp"

// What stands on a page, in the reading order of an engineer in a hurry: the verdict, the number,
// where it comes from; then distributions, the run over time, and the small print. The tables and
// sentences are those of the documents (documents.hpp); charts stand beside them.
namespace rehearse::reports {

// A paragraph whose first words are the page's title, without them.
Paragraph without_title(Paragraph paragraph, const std::string& title);

Page run_page(const record::RunSummary& run);
// `limits` stand in its distribution.
Page comparison_page(const record::Comparison& comparison, std::span<const ChartLimit> limits = {});
// At least one point.
Page sweep_page(std::span<const record::RunSummary> points);
Page audit_page(const record::Audit& audit);
Page what_if_page(const record::WhatIf& study);
Page suggestions_page(const record::Suggestions& all);
Page plan_page(const record::CapacityPlan& plan);
Page model_check_page(const record::ModelCheck& check);
// The same beside a study of that model: a figure and a section of its own.
void add_model_check(const record::ModelCheck& check, Page& page);
Page gate_page(const record::GateReport& gate, bool passes);
Page noise_page(const record::NoiseReport& noise);
Page history_page(const record::History& history);
// Any other document: its first line is the headline, its first toned word the verdict; paragraphs
// before the first table stand at the top, the rest below.
Page document_page(const Document& document);

}  // namespace rehearse::reports
