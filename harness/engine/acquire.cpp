#include <algorithm>

#include "harness/engine/stage_runner.hpp"

namespace rehearse::engine {

using record::StageEnd;
using runtime::StopToken;
using runtime::Task;
using runtime::Wake;

Task<StageEnd> acquire(Job& job, const std::vector<scenarios::ResourceUse>& uses, DrawKey key,
                       Grants& grants) {
  runtime::Runtime& rt = job.shared.runtime;
  for (const scenarios::ResourceUse& use : uses) {
    SlotResource* resource = job.shared.resources[use.resource].slots.get();
    if (resource == nullptr) {
      continue;  // processor sharing: entered where the work is done
    }
    const std::uint32_t replica = resource->pick(key);
    const std::uint32_t slots = std::min(use.slots, resource->spec().slots);
    if (resource->rejects(replica, slots)) {
      resource->rejected();
      co_return StageEnd::Rejected;
    }
    const Instant asked = rt.now();
    const int priority =
        resource->spec().order == scenarios::QueueOrder::Priority ? use.priority : 0;
    const StopToken stop = job.stop.token();
    runtime::Semaphore& semaphore = resource->semaphore(replica);
    if (!semaphore.try_acquire(slots)) {
      resource->note_queue(replica);
      const Wake wake = co_await semaphore.acquire(slots, priority, stop);
      if (wake == Wake::Stopped) {
        co_return StageEnd::Cancelled;
      }
    }
    const Duration waited = rt.now() - asked;
    resource->acquired(slots, waited);
    grants.add(*resource, replica, slots);
  }
  co_return StageEnd::Done;
}

}  // namespace rehearse::engine
