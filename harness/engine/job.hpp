#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/engine/shared.hpp"
#include "harness/engine/trail.hpp"
#include "harness/record/event.hpp"
#include "harness/runtime/stop.hpp"
#include "harness/runtime/task_group.hpp"

namespace rehearse::engine {

// One job while it runs. Lives in its coroutine's frame; its buffers come from and go back to a
// pool.
struct Job {
  Job(Shared& the_shared, runtime::StopToken parent)
      : shared(the_shared), stop(parent), background(the_shared.runtime) {}

  Shared& shared;
  JobId id;
  std::uint32_t task = 0;
  Instant intended;
  Instant started;
  Instant admitted;  // had what the workload holds for the whole job
  runtime::StopSource stop;
  runtime::TaskGroup background;
  Trail trail;
  std::vector<scenarios::InputValue> inputs;
  Instant first_result = Instant::never();
  record::JobEnd end = record::JobEnd::Done;
  std::uint32_t failed_span = record::kNoStage;
  std::uint32_t retries = 0;
  std::map<std::uint32_t, std::string> texts;  // answers that later requests quote, by stage

  DrawKey key(std::uint64_t stage, std::uint32_t item) const {
    return {.seed = shared.seed, .job = id.value, .stage = stage, .item = item};
  }
  // The first failure decides how the job ends; the rest of its work is asked to stop.
  void fail(std::uint32_t span, record::JobEnd how) {
    if (end == record::JobEnd::Done) {
      end = how;
      failed_span = span;
    }
    stop.request_stop();
  }
  // Draws what `inputs` says, once a job; `cells` are those of its row of a trace, if it has one.
  void draw_inputs(const std::vector<scenarios::InputValue>* cells);
  // A stage's request with this job's inputs and the answers so far; JSON.
  std::string fill_request(std::uint32_t stage) const;
};

// A quantity of a stage for one draw key; constants draw nothing.
inline double amount(const scenarios::Amount& a, const Job& job, const DrawKey& key,
                     Dimension dimension) {
  if (a.expression || a.distribution.is_constant()) {
    return a.value(0.5, job.inputs);
  }
  const double drawn = job.shared.draws.draw(a.distribution, key, dimension);
  return drawn > 0 ? drawn : 0;
}

}  // namespace rehearse::engine
