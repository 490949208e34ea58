#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/engine/busy_marks.hpp"
#include "harness/engine/job_sink.hpp"
#include "harness/engine/plan.hpp"
#include "harness/provider/provider.hpp"
#include "harness/record/run_end.hpp"
#include "harness/runtime/runtime.hpp"
#include "scenarios/model.hpp"

namespace rehearse::engine {

// How far a run has come; scenario time.
struct Progress {
  std::uint64_t issued = 0;
  std::uint64_t ended = 0;
  std::uint64_t failed = 0;  // of them, not done
  std::uint64_t in_flight = 0;
  std::optional<std::uint64_t> expected;  // jobs, where the workload says how many
  Instant now;
};

enum class Command { GoOn, StopArrivals, StopAll };

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t max_in_flight = 1'000'000;  // past it the run stops as saturated
  double max_error_rate = 1;                // of ended jobs, looked at from 20 jobs on
  std::optional<Money> max_cost;            // of ended jobs; past it no further ones are issued
  // Called now and then (about every 256 jobs in virtual time, every 100 ms on the wall else):
  // shows progress, flushes, and says whether to go on.
  std::function<Command(const Progress&)> on_tick;
  Marks marks = {};  // see RunOutcome::stretches
};

// RunEnd::stop_reason of a run whose jobs last longer than the 292 years in which time is counted.
inline constexpr const char* kEndless = "endless";

struct RunOutcome {
  record::RunEnd end;
  std::uint64_t hash = 0;  // of every job's instants, ends and costs, in order
  std::vector<Stretch> stretches =
      {};  // one fewer than marks; fewer where the clock stopped before
};

// Runs a scenario's workload in one world. `providers` are in the order of Scenario::providers and,
// like all else here, outlive the call. Single-threaded; results depend on the arguments alone.
RunOutcome run(runtime::Runtime& runtime, const scenarios::Scenario& scenario,
               std::vector<provider::Provider*> providers, JobSink& sink, const Options& options);

// The same for who runs one scenario often: `plan` is that of the scenario.
RunOutcome run(runtime::Runtime& runtime, const scenarios::Scenario& scenario, const Plan& plan,
               std::vector<provider::Provider*> providers, JobSink& sink, const Options& options);

}  // namespace rehearse::engine
