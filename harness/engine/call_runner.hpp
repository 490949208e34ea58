#pragma once

#include <cstdint>

#include "harness/engine/job.hpp"
#include "harness/provider/outcome.hpp"
#include "harness/runtime/task.hpp"

namespace rehearse::engine {

// What all attempts of one provider call came to.
struct CallResult {
  provider::Failure failure = provider::Failure::None;
  Instant first_chunk;
  Usage usage;
  Money cost;
  std::uint32_t attempts = 0;
  bool truncated = false;
};

// Runs a call stage's item with its timeout, retries and hedges; appends an AttemptSpan for each
// attempt. `span` is the item's place in job.spans.
runtime::Task<CallResult> run_call(Job& job, const scenarios::Stage& stage, DrawKey key,
                                   std::uint32_t span, bool new_connection);

}  // namespace rehearse::engine
