#pragma once

#include <coroutine>
#include <cstdint>
#include <map>
#include <set>

#include "harness/base/wide.hpp"
#include "harness/runtime/runtime.hpp"

namespace rehearse::engine {

// A resource whose items in service share its speed equally: a GPU, a CPU, a link. With n items the
// total rate is speed_up(n) and each item gets speed_up(n) / n of a second's work a second.
//
// Runs on virtual work time V, which grows at the rate of one item; an item of work w that enters at
// V ends when V reaches its entry plus w. One timer, O(log n) an entry or exit.
class ProcessorSharing {
 public:
  // `speed_up`: items in service → total rate, interpolated between entries and level past the last;
  // empty: always 1.
  ProcessorSharing(runtime::Runtime& runtime, std::map<std::uint32_t, double> speed_up);
  ProcessorSharing(const ProcessorSharing&) = delete;
  ProcessorSharing& operator=(const ProcessorSharing&) = delete;
  ~ProcessorSharing() { runtime_.queue().cancel(timer_); }

  class Awaiter : runtime::StopCallback {
   public:
    Awaiter(ProcessorSharing& sharing, double work_s, runtime::StopToken token)
        : StopCallback(&Awaiter::stopped), sharing_(sharing), token_(token), work_(work_s) {}
    bool await_ready() const noexcept { return !(work_ > 0); }
    bool await_suspend(std::coroutine_handle<> coroutine);
    runtime::Wake await_resume() const noexcept { return wake_; }

   private:
    friend class ProcessorSharing;
    static void stopped(runtime::StopCallback& callback);
    ProcessorSharing& sharing_;
    runtime::StopToken token_;
    double work_;
    double end_ = 0;  // in virtual work time
    std::uint64_t order_ = 0;
    std::coroutine_handle<> coroutine_;
    runtime::Wake wake_ = runtime::Wake::Fired;
  };
  // Waits until `work_s` seconds of work (alone at rate 1) are served.
  Awaiter serve(double work_s, runtime::StopToken token = {}) { return {*this, work_s, token}; }

  std::size_t in_service() const { return items_.size(); }
  // Nanoseconds with at least one item, until now.
  Wide busy_ns() const;

 private:
  struct Timer : runtime::TimerNode {
    ProcessorSharing* sharing = nullptr;
  };
  struct Earlier {
    bool operator()(const Awaiter* a, const Awaiter* b) const {
      return a->end_ != b->end_ ? a->end_ < b->end_ : a->order_ < b->order_;
    }
  };
  double rate_of_one() const;
  void advance();
  void rearm();
  static void expire(runtime::TimerNode& node);

  runtime::Runtime& runtime_;
  std::map<std::uint32_t, double> speed_up_;
  Timer timer_;
  std::set<Awaiter*, Earlier> items_;
  double work_time_ = 0;
  Instant at_;
  Wide busy_ns_ = 0;
  std::uint64_t order_ = 0;
};

}  // namespace rehearse::engine
