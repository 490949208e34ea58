#pragma once

#include <optional>
#include <vector>

#include "harness/stats/effect.hpp"
#include "harness/study/probe.hpp"

// What a stretch of load says, and how sure that is. Private to this layer.
namespace rehearse::study {

// A value by all runs (or batches) together, and without each of them in turn.
struct ReplicatedValue {
  std::optional<double> all;
  std::vector<std::optional<double>> without;

  // Half of a 95% interval, by the delete-one jackknife; none where there are too few runs, where
  // one of them decides whether there is a value at all, or where all say the same.
  std::optional<double> half() const;
  std::optional<stats::Interval> interval() const;
};

// Of done jobs; a quantile that the sample cannot carry is none.
struct JobReadings {
  ReplicatedValue p50_s, p95_s, p99_s;
  ReplicatedValue done_share;  // of those that ended
  ReplicatedValue cost_usd;    // of a job
};
JobReadings read_jobs(const Probe& probe);

// Of a target; the probe was played with `leave_one_out`.
ReplicatedValue read_target(const Probe& probe, std::size_t target);

// What a whole says of which a part `slice` was played as if it were all, and half of that part
// besides. Parts wait for each other's leftovers no more: the smaller, the longer jobs wait and the
// more are lost, by something that falls at least with the root of the size (the square-root law of
// staffing: Halfin and Whitt 1981; beyond, exponentially). So the whole lies between what the part
// says and what part and half say of a whole if it falls no faster. A time is no shorter than
// `at_rest`, where nobody waits.
std::optional<stats::Interval> interval_of_whole(const ReplicatedValue& part,
                                                 const ReplicatedValue& half, double slice,
                                                 std::optional<double> at_rest = std::nullopt);

}  // namespace rehearse::study
