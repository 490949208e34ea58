#pragma once

#include <coroutine>
#include <exception>

#include "harness/runtime/runtime.hpp"

namespace rehearse::runtime {

// Children that run side by side; the group must be joined before it goes away. The first exception
// of a child is rethrown by join().
class TaskGroup {
 public:
  explicit TaskGroup(Runtime& runtime) : runtime_(runtime) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup() { REHEARSE_CHECK(running_ == 0); }

  // Starts a child inline, up to its first wait.
  void spawn(Task<void> child) {
    ++running_;
    runtime_.start_beside([&] { std::move(child).start(&TaskGroup::child_done, this); });
  }
  std::size_t running() const { return running_; }

  struct Joiner {
    TaskGroup& group;
    bool await_ready() const noexcept { return group.running_ == 0; }
    void await_suspend(std::coroutine_handle<> coroutine) noexcept { group.joiner_ = coroutine; }
    void await_resume() const {
      if (group.exception_) {
        std::rethrow_exception(group.exception_);
      }
    }
  };
  // Waits for all children; at most one waits at a time.
  Joiner join() { return {*this}; }

 private:
  static void child_done(void* context, std::coroutine_handle<> frame) noexcept {
    auto& self = *static_cast<TaskGroup*>(context);
    const auto child = std::coroutine_handle<detail::Promise<void>>::from_address(frame.address());
    if (child.promise().exception && !self.exception_) {
      self.exception_ = child.promise().exception;
    }
    child.destroy();
    if (--self.running_ == 0 && self.joiner_) {
      self.runtime_.post(std::exchange(self.joiner_, nullptr));
    }
  }

  Runtime& runtime_;
  std::size_t running_ = 0;
  std::coroutine_handle<> joiner_;
  std::exception_ptr exception_;
};

}  // namespace rehearse::runtime
