#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/record/audit.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/gate.hpp"
#include "harness/record/summary.hpp"
#include "reports/document.hpp"

// Formats that other programs read, each of one noun in its own .cpp. A format that has no notion
// of before and after writes the after side of a comparison.
namespace rehearse::reports {

// One row a figure: point, scope, name, metric, statistic, value, unit; of a comparison: before,
// after, change and its interval, verdict.
std::string csv_run(const record::RunSummary& run);
std::string csv_comparison(const record::Comparison& comparison);
std::string csv_sweep(std::span<const record::RunSummary> points);
// Any other report: a row a cell of its tables, as people read it.
std::string csv_document(const Document& document);

// JUnit XML: a test suite a scenario, a test case an objective (of a comparison: a metric).
// Failures are objectives of level fail that are not met and regressions; what cannot be judged is
// skipped.
std::string junit_run(const record::RunSummary& run);
std::string junit_comparison(const record::Comparison& comparison);
std::string junit_sweep(std::span<const record::RunSummary> points);
std::string junit_gate(const record::GateReport& gate);
// Any other report: one test case that passed, with the report's sentences as its output.
std::string junit_document(const Document& document);
// A test case a claim.
std::string junit_audit(const record::Audit& audit);

// OpenMetrics 1.0 text, as GitLab's metrics reports and Prometheus read it.
std::string openmetrics_run(const record::RunSummary& run);
std::string openmetrics_comparison(const record::Comparison& comparison);
std::string openmetrics_sweep(std::span<const record::RunSummary> points);

// k6's summary, as far as GitLab's load performance widget reads it; a job stands for a request,
// first_result for its first byte, objectives for checks. Milliseconds.
std::string k6_run(const record::RunSummary& run);
std::string k6_comparison(const record::Comparison& comparison);
std::string k6_sweep(std::span<const record::RunSummary> points);

// Google Benchmark's JSON: one benchmark a run and one a stage; real_time is the mean response,
// iterations are jobs. Read by its compare.py and by github-action-benchmark (googlecpp).
std::string google_benchmark_run(const record::RunSummary& run);
std::string google_benchmark_comparison(const record::Comparison& comparison);
std::string google_benchmark_sweep(std::span<const record::RunSummary> points);

// Bencher Metric Format: latency in nanoseconds, throughput per second, cost in USD.
std::string bmf_run(const record::RunSummary& run);
std::string bmf_comparison(const record::Comparison& comparison);
std::string bmf_sweep(std::span<const record::RunSummary> points);

// HdrHistogram log, version 1.3 with V2 compressed histograms in nanoseconds, a tag a metric: of
// the response, first result and queue of jobs, and of each stage's response. Needs the detail.
std::string hdr_run(const record::RunSummary& run);
std::string hdr_comparison(const record::Comparison& comparison);
std::string hdr_sweep(std::span<const record::RunSummary> points);

// GitHub workflow commands: errors for missed objectives of level fail, regressions and invalid
// runs, warnings for what cannot be judged, a notice with the headline; at most 10 of each, which
// is what GitHub shows of a step.
std::string annotations_run(const record::RunSummary& run);
std::string annotations_comparison(const record::Comparison& comparison);
std::string annotations_sweep(std::span<const record::RunSummary> points);
std::string annotations_gate(const record::GateReport& gate);
std::string annotations_audit(const record::Audit& audit);
// Any other report: the lines at its top.
std::string annotations_document(const Document& document);

// The name of a run among others: scenario/variants/workload, and its point.
std::string run_name(const record::RunSummary& run);
// The names of all of them; the second of one name is "NAME #2", as formats want each once.
std::vector<std::string> run_names(std::span<const record::RunSummary> runs);

}  // namespace rehearse::reports
