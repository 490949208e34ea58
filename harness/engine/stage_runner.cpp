#include "harness/engine/stage_runner.hpp"

#include <algorithm>
#include <cmath>

#include "harness/engine/item_runner.hpp"
#include "harness/engine/plain_stage.hpp"
#include "harness/engine/span.hpp"

namespace rehearse::engine {
namespace {

using record::StageEnd;
using runtime::Task;
using scenarios::Stage;

// The state of a fan-out whose items run side by side.
struct FanOut {
  std::uint32_t next = 0;
  std::uint32_t count = 0;
  bool ok = true;
};

Task<void> fan_out_worker(Job& job, std::uint32_t index, Place place, std::uint32_t base_item,
                          std::uint32_t released_by, FanOut& fan) {
  while (fan.ok && fan.next < fan.count) {
    const std::uint32_t item = base_item + fan.next++;
    StageResult result;
    if (job.shared.plan.plain[index] == Plain::Item) {
      PlainStage step(job, index, place, item, released_by);
      while (step.waits()) {
        co_await step;
      }
      result = step.result();
    } else {
      result = co_await run_item(job, index, place, item, released_by);
    }
    if (!result.ok) {
      fan.ok = false;
    }
    released_by = result.span;
  }
}

// All items of a `repeat` stage, under one span.
Task<StageResult> run_repeated(Job& job, std::uint32_t index, Place place,
                               std::uint32_t released_by) {
  const Stage& stage = job.shared.scenario.stages[index];
  const DrawKey key = job.key(stage.key, place.item);
  const double drawn = amount(*stage.repeat, job, key, Dimension::Repeat);
  FanOut fan;
  fan.count = static_cast<std::uint32_t>(std::llround(std::min(drawn, 1e6)));
  const std::uint32_t whole = open_span(job, index, record::kWhole, place, released_by);
  Place inside = place;
  inside.parent = whole;
  const std::uint32_t width = stage.parallel == 0 ? fan.count : std::min(stage.parallel, fan.count);
  if (width <= 1) {
    co_await fan_out_worker(job, index, inside, place.item, record::kNoStage, fan);
  } else {
    runtime::TaskGroup group(job.shared.runtime);
    for (std::uint32_t worker = 0; worker < width; ++worker) {
      group.spawn(fan_out_worker(job, index, inside, place.item, record::kNoStage, fan));
    }
    co_await group.join();
  }
  // It started when its first item did, and ended as its worst item did.
  StageEnd end = fan.count == 0 ? StageEnd::Skipped : StageEnd::Done;
  Instant started = Instant::never();
  Instant first_chunk = Instant::never();
  for (std::size_t i = whole + 1; i < job.trail.spans.size(); ++i) {
    const LiveSpan& s = job.trail.spans[i];
    if (s.parent == whole) {
      started = std::min(started, s.started);
      first_chunk = std::min(first_chunk, s.first_chunk);
      end = is_success(s.end) ? end : s.end;
    }
  }
  job.trail.spans[whole].started = std::min(started, job.shared.runtime.now());
  job.trail.spans[whole].first_chunk = std::min(first_chunk, job.shared.runtime.now());
  close_span(job, whole, end);
  const StageResult result{.ok = is_success(end), .span = whole};
  co_return result;
}

// Whether a group around the stage decides what a failure means.
bool is_absorbed_above(const Job& job, const Stage& stage) {
  for (std::optional<StageIndex> up = stage.parent; up;
       up = job.shared.scenario.stages[up->value].parent) {
    const Stage& group = job.shared.scenario.stages[up->value];
    if (group.fallback || group.on_error == scenarios::OnError::Continue) {
      return true;
    }
  }
  return false;
}

Task<StageResult> run_once(Job& job, std::uint32_t index, Place place, std::uint32_t released_by) {
  return job.shared.scenario.stages[index].repeat
             ? run_repeated(job, index, place, released_by)
             : run_item(job, index, place, place.item, released_by);
}

}  // namespace

bool is_wanted(const Job& job, const Stage& stage, const Place& place) {
  if (stage.skip) {
    return false;
  }
  if (stage.condition) {
    return stage.condition->number(job.inputs) != 0;
  }
  return !stage.probability ||
         job.key(stage.key, place.item).uniform(Dimension::When) < *stage.probability;
}

void note_first_result(Job& job, const Stage& stage, std::uint32_t span) {
  const LiveSpan& s = job.trail.spans[span];
  if (stage.first_result != scenarios::FirstResult::None && is_success(s.end)) {
    const Instant shown =
        stage.first_result == scenarios::FirstResult::FirstChunk ? s.first_chunk : s.done;
    job.first_result = std::min(job.first_result, shown);
  }
}

StageResult conclude(Job& job, const Stage& stage, StageResult result) {
  if (result.ok) {
    return result;
  }
  const StageEnd end = job.trail.spans[result.span].end;
  if (end != StageEnd::Cancelled && !stage.fallback &&
      stage.on_error == scenarios::OnError::Continue) {
    result.ok = true;
  } else if (!is_absorbed_above(job, stage)) {
    job.fail(result.span, end == StageEnd::TimedOut    ? record::JobEnd::TimedOut
                          : end == StageEnd::Cancelled ? record::JobEnd::Cancelled
                                                       : record::JobEnd::Failed);
  }
  return result;
}

Task<StageResult> run_stage(Job& job, std::uint32_t index, Place place, std::uint32_t released_by) {
  const Stage& stage = job.shared.scenario.stages[index];
  StageResult result;
  if (job.stop.stop_requested()) {
    result.ok = false;
    co_return result;
  }
  if (!is_wanted(job, stage, place)) {
    result.span = open_span(job, index, place.item, place, released_by);
    close_span(job, result.span, StageEnd::Skipped);
    co_return result;
  }
  result = co_await run_once(job, index, place, released_by);
  note_first_result(job, stage, result.span);
  if (!result.ok && stage.fallback && job.trail.spans[result.span].end != StageEnd::Cancelled) {
    const std::uint32_t instead = stage.fallback->value;
    const std::uint32_t failed = result.span;
    result = co_await run_once(job, instead, place, failed);
    note_first_result(job, job.shared.scenario.stages[instead], result.span);
  }
  result = conclude(job, stage, result);
  co_return result;
}

}  // namespace rehearse::engine
