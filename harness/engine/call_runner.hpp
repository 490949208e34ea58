#pragma once

#include <cstdint>

#include "harness/engine/job.hpp"
#include "harness/runtime/task.hpp"

namespace rehearse::engine {

// Where the attempts of one call stand.
struct Tries {
  std::uint32_t attempts = 0;  // made so far, hedges too
  std::uint32_t retries = 0;
  Duration pause;  // before the next attempt, where one was made
};

// Takes the first attempt of a call on where its provider foresees its end; nullptr where not. Only
// for stages without hedges; the provider's settle() gives what the attempt came to.
provider::Foreseen* foresee_call(Job& job, const scenarios::Stage& stage, const DrawKey& key,
                                 bool new_connection);
// Notes an attempt that is over. True: another one follows, `tries` says when.
bool note_attempt(Job& job, const scenarios::Stage& stage, const DrawKey& key, std::uint32_t span,
                  const provider::Outcome& outcome, Tries& tries);

// Tells a timeout from another's wish to stop.
void note_timeout(provider::Outcome& outcome, bool expired);

// Runs a call stage's item with its timeout, retries and hedges, from where `tries` stands; appends
// an AttemptSpan for each attempt and fills in what the call came to. `span` is the item's place in
// job.spans.
runtime::Task<record::StageEnd> run_call(Job& job, const scenarios::Stage& stage, DrawKey key,
                                         std::uint32_t span, bool new_connection, Tries tries = {});

}  // namespace rehearse::engine
