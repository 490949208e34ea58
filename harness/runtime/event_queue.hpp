#pragma once

#include <coroutine>
#include <cstdint>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/base/wide.hpp"

namespace rehearse::runtime {

// Something that happens at an instant. Lives in its owner's frame; the owner must cancel it before
// it goes away. `fire` runs inside the event loop, so it should only post or set.
struct TimerNode {
  void (*fire)(TimerNode& self) = nullptr;
  std::uint32_t slot = kIdle;  // private to EventQueue
  static constexpr std::uint32_t kIdle = UINT32_MAX;
  bool pending() const { return slot != kIdle; }
};

// Timers ordered by (time, global sequence number) in a 4-ary heap of 16-byte entries, and a FIFO
// of coroutines that are ready now. At most 2^24 timers pending and 2^40 in one run.
//
// What a timer wakes mostly sets the next one: so the fired entry leaves a hole at the top of the
// heap, and the next schedule() falls into it, one sift in place of two.
class EventQueue {
 public:
  EventQueue();

  // Arms an idle node. O(log n).
  void schedule(TimerNode& node, Instant at);
  // Disarms a node; nothing happens where it is idle. Amortised O(1): entries of cancelled timers
  // are swept once they are more than half of the heap.
  void cancel(TimerNode& node);
  // Puts a suspended coroutine at the end of what is ready.
  void post(std::coroutine_handle<> coroutine) {
    if (ready_count_ == ready_.size()) {
      grow_ready();
    }
    ready_[(ready_head_ + ready_count_++) & (ready_.size() - 1)] = coroutine;
  }

  bool has_ready() const { return ready_count_ != 0; }
  // Resumes the first of what is ready.
  void run_one_ready() {
    const std::coroutine_handle<> coroutine = ready_[ready_head_];
    ready_head_ = (ready_head_ + 1) & (ready_.size() - 1);
    --ready_count_;
    ++events_;
    coroutine.resume();
  }
  // The instant of the next timer, Instant::never() where there is none.
  Instant next_time();
  // Fires the next timer; there must be one.
  void fire_next();
  // No timer fires before this instant; some time earlier than the first where one was cancelled.
  Instant earliest() const;
  // Something happened without this queue: a wait that ended where it began (Runtime::jump_to).
  void count_event() { ++events_; }

  std::size_t pending_timers() const { return size_ - cancelled_ - (hole_ ? 1 : 0); }
  // Ready coroutines resumed and timers fired so far.
  std::uint64_t events() const { return events_; }

 private:
  struct Entry {
    std::int64_t time;
    std::uint64_t order;  // sequence << 24 | slot
    // What they are ordered by.
    Wide key() const { return static_cast<Wide>(time) << 64 | static_cast<Wide>(order); }
  };
  static constexpr std::uint64_t kSlotMask = (1u << 24) - 1;
  static constexpr std::size_t kWidth = 4;
  static constexpr Entry kLast{INT64_MAX, UINT64_MAX};  // after all others

  void grow_ready();
  void push(Entry entry);
  static std::size_t first_of(const Entry* child);
  void sift_down(std::size_t at, Entry entry);
  void pop();
  void close_hole() {
    if (hole_) {
      hole_ = false;
      pop();
    }
  }
  bool top_is_live() const {
    return !hole_ && (size_ == 0 || slots_[heap_.front().order & kSlotMask] != nullptr);
  }
  void drop_cancelled_top();
  void sweep();
  void free_slot(std::uint32_t slot);

  std::vector<Entry> heap_;  // and behind it so many kLast that whoever has a child has four
  std::size_t size_ = 0;
  std::vector<TimerNode*> slots_;  // nullptr: cancelled, or free
  std::vector<std::uint32_t> free_slots_;
  bool hole_ = false;  // the first entry has fired
  std::size_t cancelled_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t events_ = 0;
  std::vector<std::coroutine_handle<>> ready_;  // a ring, power of two
  std::size_t ready_head_ = 0;
  std::size_t ready_count_ = 0;
};

}  // namespace rehearse::runtime
