#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/base/wide.hpp"
#include "harness/runtime/semaphore.hpp"
#include "harness/stats/histogram.hpp"
#include "scenarios/model.hpp"

namespace rehearse::engine {

// Workers, slots or machines that jobs share: replicas of a semaphore, with bounded queues, and the
// book of how busy they were.
class SlotResource {
 public:
  SlotResource(runtime::Runtime& runtime, const scenarios::Resource& spec);

  // The replica that the next request goes to.
  std::uint32_t pick(const DrawKey& key);
  // Whether that replica's queue has no place left and turns requests away.
  bool rejects(std::uint32_t replica, std::uint32_t slots) const;
  runtime::Semaphore& semaphore(std::uint32_t replica) { return replicas_[replica]; }

  // Bookkeeping around acquire and release; `waited` is the time in the queue.
  void acquired(std::uint32_t slots, Duration waited);
  void released(std::uint32_t replica, std::uint32_t slots);
  void rejected() { ++rejections_; }

  const scenarios::Resource& spec() const { return spec_; }
  std::uint64_t total_slots() const { return std::uint64_t{spec_.slots} * spec_.replicas; }
  // Slot-nanoseconds in use until now.
  Wide busy_ns() const;
  const stats::Histogram& waits() const { return waits_; }
  std::uint64_t rejections() const { return rejections_; }
  std::uint64_t max_queue() const { return max_queue_; }
  void note_queue(std::uint32_t replica);

 private:
  void settle();

  runtime::Runtime& runtime_;
  const scenarios::Resource& spec_;
  std::deque<runtime::Semaphore> replicas_;  // never moved
  std::uint32_t next_replica_ = 0;
  std::uint64_t in_use_ = 0;
  Wide busy_ns_ = 0;
  Instant settled_;
  stats::Histogram waits_;
  std::uint64_t rejections_ = 0;
  std::uint64_t max_queue_ = 0;
};

// Slots that a stage, group or job has; gives them back when it goes away.
class Grants {
 public:
  Grants() = default;
  Grants(const Grants&) = delete;
  Grants& operator=(const Grants&) = delete;
  ~Grants() { release(); }

  void add(SlotResource& resource, std::uint32_t replica, std::uint32_t slots) {
    const Held held{&resource, replica, slots};
    if (count_ < first_.size()) {
      first_[count_++] = held;
    } else {
      more_.push_back(held);
    }
  }
  void release() {
    while (!more_.empty()) {
      const Held held = more_.back();
      more_.pop_back();
      held.give_back();
    }
    while (count_ > 0) {
      first_[--count_].give_back();
    }
  }

 private:
  struct Held {
    SlotResource* resource;
    std::uint32_t replica;
    std::uint32_t slots;
    void give_back() const { resource->released(replica, slots); }
  };
  std::array<Held, 2> first_;  // seldom are there more
  std::vector<Held> more_;
  std::size_t count_ = 0;  // of first_
};

}  // namespace rehearse::engine
