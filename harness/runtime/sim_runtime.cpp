#include "harness/runtime/sim_runtime.hpp"

#include <algorithm>

#include "harness/base/check.hpp"

namespace rehearse::runtime {
namespace {

struct Root {
  bool done = false;
  std::coroutine_handle<> frame;
};

void root_done(void* context, std::coroutine_handle<> frame) noexcept {
  auto* root = static_cast<Root*>(context);
  root->done = true;
  root->frame = frame;
}

}  // namespace

void SimRuntime::run(Task<void> task) {
  Root root;
  std::move(task).start(&root_done, &root);
  while (!root.done) {
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
  const auto frame =
      std::coroutine_handle<detail::Promise<void>>::from_address(root.frame.address());
  const std::exception_ptr exception = frame.promise().exception;
  frame.destroy();
  if (exception) {
    std::rethrow_exception(exception);
  }
}

}  // namespace rehearse::runtime
