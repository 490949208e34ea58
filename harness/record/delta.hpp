#pragma once

#include "harness/record/comparison.hpp"
#include "harness/record/objective.hpp"
#include "harness/record/pairing.hpp"
#include "harness/stats/resampling.hpp"

// Objectives that speak of a change: delta(p95) < 10%. Private to this layer.
namespace rehearse::record {

// How the metric of a delta changed, judged with the delta's own limit as its tolerance: the
// verdict is Same or Improved where the delta holds, Regressed where it does not. Means and
// quantiles change by their ratio; errors, timeouts and other shares by their difference; a limit
// in seconds or USD is one of the value before. What is one number of a run (makespan, throughput,
// a total) needs several seeds on both sides. A limit on the far side of no change ("delta(p95) <
// -10%") must be passed by the whole interval. `options` give seed, confidence and resamples.
MetricChange delta_change(const Objective& objective, const ComparisonSide& before,
                          const ComparisonSide& after, const PairingChoice& choice,
                          const stats::Resampling& luck, const ComparisonOptions& options);

}  // namespace rehearse::record
