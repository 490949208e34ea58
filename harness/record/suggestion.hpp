#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/json/value.hpp"
#include "harness/record/what_if.hpp"

// Changes that nobody wrote down and that would help: what `rehearse whatif --suggest` found.
namespace rehearse::record {

// What a change costs apart from money: nothing; answers that are older or shared; work that is
// done after the answer; fewer pixels, another model, texts that are cut.
enum class Quality : std::uint8_t { Same, Stale, Deferred, Lower };
// "same", "stale", "deferred", "lower".
const char* quality_name(Quality quality);

// Shares of jobs.
struct JobShares {
  double truncated = 0;  // an answer of theirs was cut at its token limit
  double not_done = 0;   // failed, timed out or cancelled
};

struct Suggestion {
  std::string name;       // of the variant that it would be
  std::string kind;       // "order", "fan_out", "background", "cache", "pool", "size", "model",
                          // "token_limit", "hedge", "retry"
  std::string what;       // one line for people
  std::string trade_off;  // what to think of first
  Quality quality = Quality::Same;
  std::string already;        // a variant of the scenario that does the same; empty: none
  json::Value variant;        // to paste into "variants": { NAME: … }
  std::vector<Saving> saved;  // of each Worth
  JobShares shares;           // with it
};

inline const Saving& saving_of(const Suggestion& suggestion, Worth worth) {
  return suggestion.saved[static_cast<std::size_t>(worth)];
}

// Suggestions that go together, each the one that adds most to those before it.
struct SuggestedSet {
  bool same_quality = false;       // made of suggestions that cost no quality alone
  std::vector<std::string> names;  // in the order of adding
  std::vector<double> p50_s;       // after each
  std::vector<double> cost_usd;    // a job, after each
  Worths after;                    // all of them
  Saving p50_saved;
  JobShares shares;
};

struct Suggestions {
  std::string scenario;
  std::string workload;
  std::uint64_t seed = 1;
  std::uint64_t jobs = 0;   // of each play
  std::uint64_t tried = 0;  // changes
  std::uint64_t plays = 0;
  Worths before;
  JobShares shares;                // before
  std::vector<Suggestion> found;   // those that cost no quality first; then by time, by money
  std::vector<SuggestedSet> sets;  // at most two: without a loss of quality, and with
  std::vector<std::string> notes;
  std::optional<ModelCheck> model{};  // where times were taken from a recording
};

}  // namespace rehearse::record
