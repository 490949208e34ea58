#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/comparison.hpp"
#include "harness/record/objective.hpp"
#include "harness/record/pairing.hpp"

// What the jobs and the runs of one side were worth, number by number. Private to this layer.
namespace rehearse::record {

// One value of each done job, warm-up apart, by id.
template <typename Value>
std::vector<SideValue> of_done_jobs(const ComparisonSide& side, Value value) {
  std::vector<SideValue> out;
  out.reserve(side.jobs.size());
  for (const JobRecord& job : side.jobs) {
    if (job.end == JobEnd::Done && !job.warmup) {
      out.push_back({job.id.value, value(job)});
    }
  }
  return out;
}

// What each done job spent in a stage, from its first ready to its last done; seconds and USD.
struct StageValues {
  std::vector<SideValue> response, queue, service, cost;
};
// By the path of the stage; of the jobs whose traces were kept.
std::map<std::string, StageValues> by_stage(const ComparisonSide& side);

// The values of an objective's metric, one a job (seconds, USD, MB); nullopt where a job has no
// such value.
std::optional<std::vector<SideValue>> job_values(const ComparisonSide& side,
                                                 const Objective& objective);

// The value of an objective in one run, deltas as of their inner part; also of the mean cost of a
// stage.
std::optional<double> run_value(const Objective& objective, const RunPoint& point);

// The value of an objective in each run of a side, by seed; runs that cannot carry it are left out.
std::vector<SideValue> run_values(const ComparisonSide& side, const Objective& objective);

}  // namespace rehearse::record
