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
// Runs on virtual work time V, which grows at the rate of one item; an item of work w that enters
// at V ends when V reaches its entry plus w. One timer, O(log n) an entry or exit.
class ProcessorSharing {
 public:
  // `speed_up`: items in service → total rate, interpolated between entries and level past the
  // last; empty: always 1.
  ProcessorSharing(runtime::Runtime& runtime, std::map<std::uint32_t, double> speed_up);
  ProcessorSharing(const ProcessorSharing&) = delete;
  ProcessorSharing& operator=(const ProcessorSharing&) = delete;
  ~ProcessorSharing() { runtime_.queue().cancel(timer_); }

  class Awaiter;
  // A place in service. Its work is known from the start, or only once it is nearly done: then it
  // is endless until finish().
  struct Item {
    double end = 0;  // in virtual work time
    std::uint64_t order = 0;
    double entered = 0;
    std::coroutine_handle<> waiting;
    Awaiter* served = nullptr;
  };

  class Awaiter : runtime::StopCallback {
   public:
    Awaiter(ProcessorSharing& sharing, Item* item, double work_s, runtime::StopToken token)
        : StopCallback(&Awaiter::stopped),
          sharing_(sharing),
          token_(token),
          item_(item == nullptr ? &own_ : item),
          work_(work_s) {}
    bool await_ready() const noexcept { return item_ == &own_ && !(work_ > 0); }
    bool await_suspend(std::coroutine_handle<> coroutine);
    runtime::Wake await_resume() const noexcept { return wake_; }

   private:
    friend class ProcessorSharing;
    static void stopped(runtime::StopCallback& callback);
    ProcessorSharing& sharing_;
    runtime::StopToken token_;
    Item own_;
    Item* item_;
    double work_;
    runtime::Wake wake_ = runtime::Wake::Fired;
  };

  // Something that takes its share while it goes on and turns out to have been so much work: a
  // provider call on a GPU. The time it took alone is its work; finish() waits for what the others
  // have cost it.
  class Stay {
   public:
    explicit Stay(ProcessorSharing& sharing);
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay();
    // Waits until `work_s` seconds of work were served since the stay began.
    Awaiter finish(double work_s, runtime::StopToken token = {}) {
      return {sharing_, &item_, work_s, token};
    }

   private:
    ProcessorSharing& sharing_;
    Item item_;
  };

  // Waits until `work_s` seconds of work (alone at rate 1) are served.
  Awaiter serve(double work_s, runtime::StopToken token = {}) {
    return {*this, nullptr, work_s, token};
  }

  std::size_t in_service() const { return items_.size(); }
  // Nanoseconds with at least one item, until now.
  Wide busy_ns() const;

 private:
  struct Timer : runtime::TimerNode {
    ProcessorSharing* sharing = nullptr;
  };
  struct Earlier {
    bool operator()(const Item* a, const Item* b) const {
      return a->end != b->end ? a->end < b->end : a->order < b->order;
    }
  };
  double rate_of_one() const;
  void enter(Item& item, double work_s);
  void leave(Item& item);
  void finish(Item& item, double work_s);
  void advance();
  void rearm();
  static void expire(runtime::TimerNode& node);

  runtime::Runtime& runtime_;
  std::map<std::uint32_t, double> speed_up_;
  Timer timer_;
  std::set<Item*, Earlier> items_;
  double work_time_ = 0;
  Instant at_;
  Wide busy_ns_ = 0;
  std::uint64_t order_ = 0;
};

}  // namespace rehearse::engine
