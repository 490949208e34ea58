#pragma once

#include <optional>
#include <string>

#include "harness/cli/progress.hpp"
#include "harness/cli/run_point.hpp"
#include "harness/engine/engine.hpp"
#include "harness/record/recorder.hpp"

namespace rehearse::cli {

// Looks after one run while it lasts: has it committed, shows its progress, and ends it early where
// a signal came or an --abort-on objective is missed.
class RunWatch {
 public:
  // All but `started` must outlive it.
  RunWatch(const Console& console, const scenarios::Scenario& scenario, const RunSetup& setup,
           record::Recorder& recorder, Instant started);

  // What the engine is to do; for engine::Options::on_tick. `wall` is wall time since the epoch.
  engine::Command tick(const engine::Progress& now, Instant wall);

  // After the run: removes the progress line, and puts wall time and reason into `end`. Judges the
  // objectives once more: a short run may have ended before anybody looked.
  void finish(record::RunEnd& end);

  // An --abort-on objective was missed.
  bool aborted() const { return !missed_.empty(); }

 private:
  engine::Command on_interrupt(const engine::Progress& now, Instant wall);
  void judge_objectives();

  const Console& console_;
  const scenarios::Scenario& scenario_;
  const RunSetup& setup_;
  record::Recorder& recorder_;
  Instant started_;
  ProgressLine progress_;
  std::optional<Instant> interrupted_;
  std::string missed_;
};

// Whether the scenario has the stages, tasks and resources that --abort-on speaks of: what names
// nothing would never end a run.
Status check_abort_on(const scenarios::Scenario& scenario, const RunSetup& setup);

// The first of `objectives` that is missed so far, with what was found; empty: none. What cannot be
// judged yet is not missed. A mean, rate, share or quantile is looked at from 20 ended jobs on,
// what can only get worse (a maximum or a total under a limit) from the first.
std::string missed_objective(const std::vector<record::Objective>& objectives,
                             const record::RunPoint& point);

}  // namespace rehearse::cli
