#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/model_check.hpp"

// What every optimisation of a scenario is worth: what `rehearse whatif` found, for its reports.
namespace rehearse::record {

// What a coalition of variants is measured by. First: the first job of a run (cold caches); warm:
// the others.
enum class Worth : std::uint8_t {
  P50,
  P95,
  Mean,
  FirstJob,
  WarmJob,
  Makespan,
  Cost,
  FirstResult,  // its p50; none where a user sees nothing before the end
};
inline constexpr std::size_t kWorths = 8;
// "p50", "p95", "mean", "first_job", "warm_job", "makespan", "cost", "first_result"; seconds, cost
// in USD.
const char* worth_name(Worth worth);

// One number for each Worth; NaN where there is none (no warm job in runs of one job).
using Worths = std::vector<double>;

// One of them; 0 where none were found.
inline double worth_of(const Worths& worths, Worth worth) {
  return worths.empty() ? 0 : worths[static_cast<std::size_t>(worth)];
}

// A saving and how sure it is: half a 95% interval.
struct Saving {
  double value = 0;
  double half_width = 0;
};

// A variant, or a group of alternatives at its best member. Savings are of each Worth.
struct PlayerWorth {
  std::string name;                       // of the variant that plays
  std::string group;                      // whose best member it is
  std::vector<std::string> alternatives;  // the others, which lost or conflict
  std::string trade_off;
  double monthly_usd = 0;
  double once_usd = 0;
  Worths alone;  // saved by it alone
  Worths last;   // saved by adding it to all others
  std::vector<Saving> shapley;
  bool without_effect = false;  // changes no job, neither alone nor last
};

// What two players save together beyond the sum of what each saves alone, of the p50.
struct Interaction {
  std::string one, other;
  double saved = 0;
};

// Virtual speed-up of one stage, provider or resource.
struct SpeedUp {
  std::string kind;  // "stage", "provider", "resource"
  std::string name;
  double critical_share = 0;    // of a stage: of the time of the critical paths
  double slack_s = 0;           // of a stage: how much longer it could take on average for nothing
  std::vector<double> steps;    // 0 … 1: how much faster; of a resource: how many times as much
  std::vector<double> saved_s;  // of the p50 of the response, at each step
  double knee = 0;              // the step past which hardly more is gained
  std::string takes_over;       // the stage that holds the path there
};

struct WhatIf {
  std::string scenario;
  std::string workload;
  std::uint64_t seed = 1;
  std::uint64_t jobs = 0;            // of a coalition
  std::uint64_t coalitions = 0;      // that were played
  bool sampled = false;              // Shapley shares from permutations, not from all coalitions
  Worths before;                     // nothing applied
  Worths after;                      // everything applied
  std::vector<PlayerWorth> players;  // by their share of the p50, largest first
  std::vector<Interaction> interactions;  // by size, largest first
  std::vector<SpeedUp> speed_ups;
  std::vector<std::string> notes;
  std::optional<ModelCheck> model{};  // where times were taken from a recording
};

}  // namespace rehearse::record
