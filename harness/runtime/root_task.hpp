#pragma once

#include <coroutine>
#include <utility>

#include "harness/runtime/task.hpp"

namespace rehearse::runtime {

// The task that a runtime runs: starts it, sees its end, rethrows what it threw.
class RootTask {
 public:
  explicit RootTask(Task<void> task) { std::move(task).start(&RootTask::ended, this); }
  RootTask(const RootTask&) = delete;
  RootTask& operator=(const RootTask&) = delete;

  bool done() const { return frame_ != nullptr; }
  // Frees the frame; only where done().
  void finish() {
    const auto frame = std::coroutine_handle<detail::Promise<void>>::from_address(frame_.address());
    const std::exception_ptr exception = frame.promise().exception;
    frame.destroy();
    if (exception) {
      std::rethrow_exception(exception);
    }
  }

 private:
  static void ended(void* self, std::coroutine_handle<> frame) noexcept {
    static_cast<RootTask*>(self)->frame_ = frame;
  }
  std::coroutine_handle<> frame_;
};

}  // namespace rehearse::runtime
