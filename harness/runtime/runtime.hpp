#pragma once

#include <coroutine>
#include <functional>
#include <utility>

#include "harness/base/time.hpp"
#include "harness/runtime/event_queue.hpp"
#include "harness/runtime/stop.hpp"
#include "harness/runtime/task.hpp"

namespace rehearse::runtime {

class Runtime;

// Awaits an instant; yields Wake::Stopped where the token asked first.
class SleepAwaiter : TimerNode, StopCallback {
 public:
  SleepAwaiter(Runtime& runtime, Instant at, StopToken token)
      : StopCallback(&SleepAwaiter::stopped), runtime_(runtime), at_(at), token_(token) {}
  inline bool await_ready();
  inline bool await_suspend(std::coroutine_handle<> coroutine);
  Wake await_resume() const noexcept { return wake_; }
  // To sleep once more.
  void set(Instant at) { at_ = at; }

 private:
  static void fired(TimerNode& node);
  static void stopped(StopCallback& callback);

  Runtime& runtime_;
  Instant at_;
  StopToken token_;
  std::coroutine_handle<> coroutine_;
  Wake wake_ = Wake::Fired;
};

// One world's time. Everything above asks it for the time and waits through it, so the same code
// runs in virtual time and over real sockets. Single-threaded: one runtime, one thread.
class Runtime {
 public:
  virtual ~Runtime() = default;

  // Scenario time since the start of the run; constant between two awaits.
  Instant now() const { return now_; }
  // Wall time since the epoch: for flushing, progress and names; never a result.
  virtual Instant wall_now() = 0;
  // Scenario seconds per wall second (`--speed`); 0 where time is virtual.
  virtual double speed() const = 0;

  EventQueue& queue() { return queue_; }
  void post(std::coroutine_handle<> coroutine) { queue_.post(coroutine); }
  // Waits until `at`; past instants pass through the queue once all the same.
  SleepAwaiter sleep_until(Instant at, StopToken token = {}) { return {*this, at, token}; }
  SleepAwaiter sleep(Duration d, StopToken token = {}) { return {*this, now_ + d, token}; }

  // Whether a wait that begins now and ends at `at` is the next thing that happens: then it is
  // over, and what would have been suspended goes on. In virtual time most waits of a run with few
  // jobs at once end so; nobody can tell, as nothing happens in between.
  bool jump_to(Instant at) {
    if (!jumps_ || starting_ != 0 || queue_.has_ready() || at >= queue_.earliest()) {
      return false;
    }
    now_ = at > now_ ? at : now_;
    queue_.count_event();
    return true;
  }
  // Starts a task beside the running one, which goes on at this very instant when the task first
  // waits.
  template <typename Start>
  void start_beside(Start start) {
    ++starting_;
    start();
    --starting_;
  }

  // Runs `root` to its end. Where nothing can happen any more before it ended, everybody waits for
  // somebody else: `on_stuck` may ask for a stop and return true; without such help that is a bug.
  virtual void run(Task<void> root) = 0;
  void set_on_stuck(std::function<bool()> on_stuck) { on_stuck_ = std::move(on_stuck); }

 protected:
  bool jumps_ = false;  // set where time is virtual
  Instant now_;
  EventQueue queue_;
  std::function<bool()> on_stuck_;

 private:
  std::uint32_t starting_ = 0;  // tasks that were started by others which have not gone on yet
};

inline bool SleepAwaiter::await_ready() {
  return !token_.stop_requested() && runtime_.jump_to(at_);
}

inline bool SleepAwaiter::await_suspend(std::coroutine_handle<> coroutine) {
  coroutine_ = coroutine;
  if (!token_.join(*this)) {
    wake_ = Wake::Stopped;
    return false;
  }
  TimerNode::fire = &SleepAwaiter::fired;
  runtime_.queue().schedule(*this, at_);
  return true;
}

// A timer fires from the event loop itself, so resuming at once is what the loop would do next.
inline void SleepAwaiter::fired(TimerNode& node) {
  auto& self = static_cast<SleepAwaiter&>(node);
  self.leave();
  self.coroutine_.resume();
}

inline void SleepAwaiter::stopped(StopCallback& callback) {
  auto& self = static_cast<SleepAwaiter&>(callback);
  self.runtime_.queue().cancel(self);
  self.wake_ = Wake::Stopped;
  self.runtime_.post(self.coroutine_);
}

}  // namespace rehearse::runtime
