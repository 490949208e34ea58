#pragma once

#include <string>

#include "harness/record/summary.hpp"
#include "reports/document.hpp"

// The tables and waterfalls of one run's report.
namespace rehearse::reports {

// Failed attempts by kind, "rate_limited 30, timeout 2"; empty where there are none.
std::string error_text(const record::StageSummary& stage);

// Removes the columns, but the first, that say nothing.
void drop_empty(Table& table);

Table stage_table(const record::RunSummary& run);
// What the stages did beside taking time; only of those that have something to tell.
Table call_table(const record::RunSummary& run);
// Phases of HTTP and the pace of streams: means over each stage's successful calls.
Table wire_table(const record::RunSummary& run);
Table objective_table(const record::RunSummary& run);
Table task_table(const record::RunSummary& run);
Table resource_table(const record::RunSummary& run);
// The items of a fan-out share one row, where they are more than three.
Waterfall waterfall(const record::JobSummary& job);

}  // namespace rehearse::reports
