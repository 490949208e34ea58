#pragma once

#include <vector>

#include "harness/record/run_file.hpp"

namespace rehearse::record {

// Why several runs are not parts of one, each with the file it speaks of; empty: they can be
// merged. Parts have the same scenario, workload, variants, parameters, world, driver, speed and
// points; none is given twice, and no two have the same seed, as they would hold the same luck.
Errors check_mergeable(const std::vector<Run>& runs);

// Writes them as one run: counters, histograms and sums without loss, as if all had run side by
// side from one instant on. Where jobs share nothing that is exactly one run of all jobs; else each
// part is an independent cell with its own queues, limits and caches, and a warning of the run says
// so. Jobs of the n-th run get n × 2^40 added to their ids. Rows and traces are kept where every
// part has all of them. Errors are those of reading and writing.
Status merge_runs(const std::vector<Run>& runs, RunWriter& writer);

}  // namespace rehearse::record
