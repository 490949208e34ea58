#pragma once

#include <span>

#include "harness/record/audit.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/gate.hpp"
#include "harness/record/history.hpp"
#include "harness/record/noise.hpp"
#include "harness/record/summary.hpp"
#include "harness/record/what_if.hpp"
#include "reports/page.hpp"

// What stands on a page, in the reading order of an engineer in a hurry: the verdict, the number,
// where it comes from; then distributions, the run over time, and the small print. The tables and
// sentences are those of the documents (documents.hpp); charts stand beside them.
namespace rehearse::reports {

// A paragraph whose first words are the page's title, without them.
Paragraph without_title(Paragraph paragraph, const std::string& title);

Page run_page(const record::RunSummary& run);
Page comparison_page(const record::Comparison& comparison);
// At least one point.
Page sweep_page(std::span<const record::RunSummary> points);
Page audit_page(const record::Audit& audit);
Page what_if_page(const record::WhatIf& study);
Page gate_page(const record::GateReport& gate, bool passes);
Page noise_page(const record::NoiseReport& noise);
Page history_page(const record::History& history);
// Any other document: its first line is the headline, its first toned word the verdict; paragraphs
// before the first table stand at the top, the rest below.
Page document_page(const Document& document);

}  // namespace rehearse::reports
