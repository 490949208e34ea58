#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/json/value.hpp"
#include "harness/record/run.hpp"
#include "scenarios/model.hpp"

namespace rehearse::study {

// What the stages of a pipeline took, by path, seconds: of a call each attempt that succeeded, of
// other work each execution; without queueing for resources.
using StageTimes = std::map<std::string, std::vector<double>>;
StageTimes times_of(const record::RunHeader& header, std::span<const record::JobTrace> traces);

// The scenario's text with the times of these stages in place of its own, as quantiles of what was
// seen. Stages with fewer than `least` values keep theirs. The variants stay: one that sets another
// form of time there lets the quantiles go.
struct FittedText {
  json::Value json;
  std::vector<std::string> stages;  // that were fitted
};
FittedText fit_times(json::Value scenario, const scenarios::Scenario& compiled,
                     const StageTimes& times, std::size_t least = 10);

}  // namespace rehearse::study
