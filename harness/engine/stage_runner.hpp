#pragma once

#include <cstdint>

#include "harness/engine/job.hpp"
#include "harness/runtime/task.hpp"

namespace rehearse::engine {

// Where a level of stages stands in its job: the whole graph, or the inside of one item of a group.
struct Place {
  std::uint32_t item = 0;                   // composed from the items of all groups around it
  std::uint32_t parent = record::kNoStage;  // span of the group's item
  bool background = false;
};

// How a stage ended, for what comes after it.
struct StageResult {
  bool ok = true;                         // what follows may run
  std::uint32_t span = record::kNoStage;  // its outermost span
};

// Whether the stage runs in this job: `when` and `skip`.
bool is_wanted(const Job& job, const scenarios::Stage& stage, const Place& place);
// The stage has ended: the user may have seen something of it.
void note_first_result(Job& job, const scenarios::Stage& stage, std::uint32_t span);
// What a stage's end means for what follows, its fallback apart. A failure that nothing absorbs
// fails the job.
StageResult conclude(Job& job, const scenarios::Stage& stage, StageResult result);

// Runs one stage of one job: its condition, cache, fan-out, resources, connection and work. A
// failure that `on_error` does not absorb has already failed the job.
runtime::Task<StageResult> run_stage(Job& job, std::uint32_t stage, Place place,
                                     std::uint32_t released_by);

// Runs a level's stages in their order; ends when its foreground stages have ended. Background
// stages go to the job's background group. False where a stage failed.
runtime::Task<bool> run_level(Job& job, const Level& level, Place place, std::uint32_t released_by);

// Takes a slot of every resource in `uses`, queueing for each in turn; yields Done once it has them
// all, Rejected at a full queue, Cancelled where the job was asked to stop.
runtime::Task<record::StageEnd> acquire(Job& job, const std::vector<scenarios::ResourceUse>& uses,
                                        DrawKey key, Grants& grants);

}  // namespace rehearse::engine
