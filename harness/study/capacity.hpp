#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/capacity.hpp"
#include "harness/study/http_check.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

// Stage executions that are played in about a minute of one core, recording on.
inline constexpr double kSpanStages = 4e7;

struct CapacityOptions {
  scenarios::Selection selection;
  std::vector<std::string> objectives;  // beside the scenario's own
  double errors = 0.01;                 // lost jobs that are borne where no objective says so
  bool rate = true;                     // look for the largest arrival rate
  bool users = true;                    // … and the largest number of users
  double think_s = 0;                   // of users, where no workload has any
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> jobs;  // of a probe that decides, at most; by the stages there are
  double precision = 0.01;            // half of the interval that is aimed at, relative
  std::optional<double> target_per_s;
  std::optional<double> target_users;
  std::optional<double> at_per_s;  // a load that is asked about
  Duration at_length = Duration::seconds(86'400);
  double at_stages = kSpanStages;  // at most so many executions are played of it
  std::optional<double> volume_a_month;
  std::optional<double> value_per_job_usd;
  bool money = true;  // the table of variants that cost something
  unsigned threads = 0;
  std::optional<HttpCheck> check;  // the knees once more in real time
  std::function<bool()> stopped;   // somebody wants it to end
};

// What `rehearse plan` says of a scenario: its knees, what binds there and next, headroom, what a
// target takes, a load that is asked about, and what variants cost and bring.
Result<record::CapacityPlan> plan_capacity(const scenarios::ScenarioFile& file,
                                           const Player& player, const CapacityOptions& options);

// The workload that a plan loads: the one that is named, else the first that is a closed or open
// loop, else the first.
std::string planned_workload(const scenarios::ScenarioFile& file, const std::string& named);

}  // namespace rehearse::study
