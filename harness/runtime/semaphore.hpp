#pragma once

#include <coroutine>
#include <cstdint>

#include "harness/runtime/runtime.hpp"

namespace rehearse::runtime {

// A number of slots. Waiters are served by priority (higher first), then in the order they came; a
// large request at the front is not overtaken by smaller ones behind it.
class Semaphore {
 public:
  Semaphore(Runtime& runtime, std::uint64_t slots)
      : runtime_(runtime), slots_(slots), free_(slots) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  ~Semaphore() { REHEARSE_CHECK(first_ == nullptr); }

  class Awaiter : StopCallback {
   public:
    Awaiter(Semaphore& semaphore, std::uint64_t slots, int priority, StopToken token)
        : StopCallback(&Awaiter::stopped),
          semaphore_(semaphore),
          token_(token),
          slots_(slots),
          priority_(priority) {}
    bool await_ready() { return semaphore_.try_acquire(slots_); }
    bool await_suspend(std::coroutine_handle<> coroutine);
    Wake await_resume() const noexcept { return wake_; }

   private:
    friend class Semaphore;
    static void stopped(StopCallback& callback);
    Semaphore& semaphore_;
    StopToken token_;
    std::uint64_t slots_;
    int priority_;
    Wake wake_ = Wake::Fired;
    std::coroutine_handle<> coroutine_;
    Awaiter* previous_ = nullptr;
    Awaiter* next_ = nullptr;
  };

  // Takes `slots` (at most all there are) once they are free. Wake::Stopped: nothing was taken.
  Awaiter acquire(std::uint64_t slots = 1, int priority = 0, StopToken token = {}) {
    REHEARSE_CHECK(slots <= slots_);
    return {*this, slots, priority, token};
  }
  // Takes them now or not at all; never overtakes a waiter.
  bool try_acquire(std::uint64_t slots = 1) {
    if (first_ != nullptr || free_ < slots) {
      return false;
    }
    free_ -= slots;
    return true;
  }
  void release(std::uint64_t slots = 1);

  std::uint64_t slots() const { return slots_; }
  std::uint64_t in_use() const { return slots_ - free_; }
  std::uint64_t waiting() const { return waiting_; }

 private:
  void insert(Awaiter& waiter);
  void remove(Awaiter& waiter);
  void serve();

  Runtime& runtime_;
  std::uint64_t slots_;
  std::uint64_t free_;
  std::uint64_t waiting_ = 0;
  Awaiter* first_ = nullptr;
  Awaiter* last_ = nullptr;
};

}  // namespace rehearse::runtime
