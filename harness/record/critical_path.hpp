#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/record/event.hpp"

namespace rehearse::record {

// A span on the critical path and the time that it alone accounts for.
struct CriticalPart {
  std::uint32_t span = 0;
  Duration time;
};

// The chain of spans that a job's answer waited for, last first: from the foreground span that
// ended last, backwards over `released_by`. A span accounts for its response time (ready to done:
// its queue too). A group stands for its inner spans where it has any: the path goes through the
// inner span that ended last, and the group itself accounts only for what is left at its ends
// (waiting for what it holds). Where an inner span names no releaser, its group's releaser is
// taken. Parts never overlap, so their sum is at most the job's response time. Writes into `path`
// (reused between jobs). O(spans), O(spans × depth) with groups; loops in damaged data end.
void critical_path(std::span<const StageSpan> spans, std::vector<CriticalPart>& path);

}  // namespace rehearse::record
