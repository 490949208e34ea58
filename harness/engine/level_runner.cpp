#include <array>
#include <memory>

#include "harness/engine/plain_stage.hpp"
#include "harness/engine/stage_runner.hpp"

namespace rehearse::engine {
namespace {

using runtime::Task;

// How far a level has come. Lives until its last stage, background ones included, has ended.
struct LevelState {
  LevelState(Job& the_job, const Level& the_level, Place the_place)
      : job(the_job), level(the_level), place(the_place), foreground(the_job.shared.runtime) {
    const std::size_t count = level.stages.size();
    if (count > inline_waiting.size()) {
      big_waiting = std::make_unique<std::uint32_t[]>(count);
      waiting = big_waiting.get();
    }
    for (std::size_t i = 0; i < count; ++i) {
      waiting[i] = level.predecessors[i];
    }
  }
  Job& job;
  const Level& level;
  Place place;
  runtime::TaskGroup foreground;
  std::array<std::uint32_t, 16> inline_waiting;
  std::unique_ptr<std::uint32_t[]> big_waiting;
  std::uint32_t* waiting = inline_waiting.data();
  bool ok = true;
};

Task<void> run_chain(std::shared_ptr<LevelState> keep, LevelState& state, std::uint32_t first,
                     std::uint32_t released_by);

void start_chain(const std::shared_ptr<LevelState>& keep, LevelState& state, std::uint32_t place,
                 std::uint32_t released_by) {
  if (state.level.background[place]) {
    state.job.background.spawn(run_chain(keep, state, place, released_by));
  } else {
    state.foreground.spawn(run_chain(keep, state, place, released_by));
  }
}

// Runs a stage, then the first stage that its end makes ready, and so on; further ready ones are
// started side by side. A sequential pipeline is one chain.
Task<void> run_chain(std::shared_ptr<LevelState> keep, LevelState& state, std::uint32_t first,
                     std::uint32_t released_by) {
  std::uint32_t current = first;
  for (;;) {
    Place place = state.place;
    place.background = place.background || state.level.background[current];
    const std::uint32_t stage = state.level.stages[current];
    StageResult result;
    if (state.job.shared.plan.plain[stage] != Plain::Stage) {
      result = co_await run_stage(state.job, stage, place, released_by);
    } else if (state.job.shared.scenario.stages[stage].kind == scenarios::StageKind::Group) {
      OpenGroup group = open_group(state.job, stage, place, released_by);
      if (group.runs) {
        const Level& inner = state.job.shared.plan.groups[stage];
        const bool ok = co_await run_level(state.job, inner, group.inside, group.result.span);
        close_group(state.job, stage, ok, group);
      }
      result = group.result;
    } else {
      PlainStage step(state.job, stage, place, released_by);
      while (step.waits()) {
        co_await step;
      }
      result = step.result();
    }
    if (!result.ok) {
      state.ok = false;
    }
    if (!state.ok) {
      co_return;  // a sibling failed inside a group that absorbs it: start nothing further
    }
    std::uint32_t next = record::kNoStage;
    for (const std::uint32_t successor : state.level.successors[current]) {
      if (--state.waiting[successor] != 0) {
        continue;
      }
      if (next == record::kNoStage &&
          state.level.background[successor] == state.level.background[current]) {
        next = successor;
      } else {
        start_chain(keep, state, successor, result.span);
      }
    }
    if (next == record::kNoStage) {
      co_return;
    }
    current = next;
    released_by = result.span;
  }
}

// A level whose stages follow one another: no state but where it stands.
Task<bool> run_sequence(Job& job, const Level& level, Place place, std::uint32_t released_by) {
  for (const std::uint32_t stage : level.sequence) {
    StageResult result;
    if (job.shared.plan.plain[stage] != Plain::Stage) {
      result = co_await run_stage(job, stage, place, released_by);
    } else if (job.shared.scenario.stages[stage].kind == scenarios::StageKind::Group) {
      OpenGroup group = open_group(job, stage, place, released_by);
      if (group.runs) {
        const Level& inner = job.shared.plan.groups[stage];
        const bool ok = co_await run_level(job, inner, group.inside, group.result.span);
        close_group(job, stage, ok, group);
      }
      result = group.result;
    } else {
      PlainStage step(job, stage, place, released_by);
      while (step.waits()) {
        co_await step;
      }
      result = step.result();
    }
    if (!result.ok) {
      co_return false;
    }
    released_by = result.span;
  }
  co_return true;
}

Task<bool> run_graph(Job& job, const Level& level, Place place, std::uint32_t released_by) {
  // Only background stages can outlive this frame; without any the state stays in it.
  if (level.any_background) {
    const auto state = std::make_shared<LevelState>(job, level, place);
    for (const std::uint32_t root : level.roots) {
      start_chain(state, *state, root, released_by);
    }
    co_await state->foreground.join();
    co_return state->ok;
  }
  LevelState state(job, level, place);
  if (level.roots.size() == 1) {
    std::shared_ptr<LevelState> none;
    const std::uint32_t root = level.roots.front();
    co_await run_chain(none, state, root, released_by);
  } else {
    for (const std::uint32_t root : level.roots) {
      start_chain(nullptr, state, root, released_by);
    }
  }
  co_await state.foreground.join();
  co_return state.ok;
}

}  // namespace

Task<bool> run_level(Job& job, const Level& level, Place place, std::uint32_t released_by) {
  return level.sequential ? run_sequence(job, level, place, released_by)
                          : run_graph(job, level, place, released_by);
}

}  // namespace rehearse::engine
