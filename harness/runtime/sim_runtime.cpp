#include "harness/runtime/sim_runtime.hpp"

#include <algorithm>

#include "harness/base/check.hpp"
#include "harness/runtime/root_task.hpp"

namespace rehearse::runtime {

void SimRuntime::run(Task<void> task) {
  RootTask root(std::move(task));
  while (!root.done()) {
    if (queue_.has_ready()) {
      queue_.run_one_ready();
      continue;
    }
    const Instant next = queue_.next_time();
    if (next == Instant::never()) {
      REHEARSE_CHECK(on_stuck_ && on_stuck_());
      continue;
    }
    now_ = std::max(now_, next);
    queue_.fire_next();
  }
  root.finish();
}

}  // namespace rehearse::runtime
