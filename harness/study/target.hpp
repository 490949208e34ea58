#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/record/objective.hpp"
#include "harness/record/run.hpp"
#include "scenarios/model.hpp"

namespace rehearse::study {

// An objective as a bound on load.
struct Target {
  enum class Role : std::uint8_t {
    Bound,     // must hold: more load may break it
    Asked,     // more load is what it asks for (throughput): told, no bound
    NeverMet,  // broken without any load and with endless capacity: no bound
    Unread,    // cannot be read of a run under load
  };
  record::Objective what;
  std::string text;
  std::string level;
  bool implied = false;  // not the scenario's: added here
  bool backlog = false;  // that what waits is carried in the end: read of a probe, not of a run
  Role role = Role::Bound;
  std::optional<double> unloaded;  // its value where nobody waits
  std::string why;                 // of Unread
};

// The scenario's objectives for this workload, and those given; where none speaks of errors, one
// more: that no more than `errors` of the jobs are lost. The last is the backlog: arrivals that
// nobody can serve in the end wait for ever, however loose all others are. Errors: texts that do
// not read.
Result<std::vector<Target>> targets_of(const scenarios::Scenario& scenario,
                                       const std::vector<std::string>& given, double errors);

inline constexpr double kFarMargin = 3;  // farther inside is not told apart

// How far inside a target a value is: above 0 inside, 0 at the bound, below outside. Times are
// limit/value - 1, which is a straight line in the load of a single queue (M/M/1), shares the
// logarithm of limit/value; both within kFarMargin.
double margin(const Target& target, double value);

// The same as 1 - value/limit where margin() is a logarithm, which knows neither a share of nothing
// nor how a full limit refuses: in proportion to what is too much. Elsewhere margin() itself.
double linear_margin(const Target& target, double value);

// What a target reads off a run; none where there is nothing to read.
std::optional<double> value_of(const Target& target, const record::RunPoint& point);

// The smallest margin over all bounds, and whose it is.
struct Tightest {
  double margin = kFarMargin;
  std::size_t target = 0;
};
Tightest tightest(std::span<const Target> targets, std::span<const std::optional<double>> values);

}  // namespace rehearse::study
