#include "harness/engine/span.hpp"

namespace rehearse::engine {

using record::StageEnd;

std::uint32_t open_span(Job& job, std::uint32_t stage, std::uint32_t item, const Place& place,
                        std::uint32_t released_by) {
  const Instant now = job.shared.runtime.now();
  LiveSpan& span = job.trail.spans.emplace_back();
  span.stage = stage;
  span.item = item;
  span.parent = place.parent;
  span.released_by = released_by;
  span.background = place.background;
  span.ready = span.started = span.first_chunk = span.done = now;
  return static_cast<std::uint32_t>(job.trail.spans.size() - 1);
}

void close_span(Job& job, std::uint32_t span, StageEnd end) {
  LiveSpan& s = job.trail.spans[span];
  s.done = job.shared.runtime.now();
  s.end = end;
  if (s.first_chunk < s.started) {
    s.first_chunk = s.done;
  }
}

StageEnd end_of(provider::Failure failure) {
  switch (failure) {
    case provider::Failure::None:
      return StageEnd::Done;
    case provider::Failure::Timeout:
      return StageEnd::TimedOut;
    case provider::Failure::Cancelled:
      return StageEnd::Cancelled;
    default:
      return StageEnd::Failed;
  }
}

bool is_success(StageEnd end) {
  return end == StageEnd::Done || end == StageEnd::CacheHit || end == StageEnd::Skipped;
}

}  // namespace rehearse::engine
