#pragma once

#include "harness/record/run.hpp"
#include "harness/record/summary.hpp"

namespace rehearse::record {

// One job with a row for each span, in the order of their readiness, inner ones below their group.
JobSummary summarise_job(const RunHeader& header, const JobTrace& trace);

}  // namespace rehearse::record
