#pragma once

#include <cstdint>
#include <string>

#include "harness/base/result.hpp"
#include "harness/record/suggestion.hpp"
#include "harness/study/player.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

struct SuggestOptions {
  std::uint64_t jobs = 1'000;  // of each play
  std::uint64_t seed = 1;
  std::string workload;     // empty: the first
  std::size_t most = 40;    // suggestions that are told
  std::size_t members = 8;  // of a set
};

// Changes that nobody wrote down, which the graph allows: each tried in virtual time with the same
// luck as the base, those that help ranked, and the best ones combined one by one. Never breaks
// data flow. Errors: a scenario whose base does no job.
Result<record::Suggestions> suggest(const scenarios::ScenarioFile& file, const Player& player,
                                    const SuggestOptions& options);

}  // namespace rehearse::study
