#pragma once

#include <vector>

#include "harness/study/candidate.hpp"
#include "harness/study/coalition.hpp"

namespace rehearse::study {

// A candidate and what trying it showed. The candidate must outlive it.
struct Trial {
  const Candidate* candidate = nullptr;
  std::vector<record::Saving> saved;  // of each Worth
  record::JobShares shares;
  std::string already;        // a variant of the scenario that does the same
  double fewer_failures = 0;  // share of jobs that are done now and were not
};
Trial make_trial(const Candidate& candidate, const Coalition& base, const Coalition& played);

// Those that are worth telling: they save time, money or failures beyond chance (95%) and a
// thousandth of what there was, and none that asks for less saves as much. Those that cost no
// quality first, then by time saved, then by money.
std::vector<Trial> select(std::vector<Trial> trials, const record::Worths& before);

}  // namespace rehearse::study
