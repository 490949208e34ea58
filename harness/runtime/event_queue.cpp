#include "harness/runtime/event_queue.hpp"

#include <algorithm>

#include "harness/base/check.hpp"
#include "harness/base/wide.hpp"

namespace rehearse::runtime {

EventQueue::EventQueue() : ready_(64) { heap_.reserve(64); }

void EventQueue::grow_ready() {
  std::vector<std::coroutine_handle<>> bigger(ready_.size() * 2);
  for (std::size_t i = 0; i < ready_count_; ++i) {
    bigger[i] = ready_[(ready_head_ + i) & (ready_.size() - 1)];
  }
  ready_ = std::move(bigger);
  ready_head_ = 0;
}

void EventQueue::schedule(TimerNode& node, Instant at) {
  REHEARSE_CHECK(!node.pending());
  std::uint32_t slot = 0;
  if (free_slots_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    REHEARSE_CHECK(slot < kSlotMask);
    slots_.push_back(&node);
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    slots_[slot] = &node;
  }
  node.slot = slot;
  const Entry entry{at.count_ns(), (sequence_++ << 24) | slot};
  if (hole_) {
    hole_ = false;
    heap_.front() = entry;
    sift_down(0);
  } else {
    heap_.push_back(entry);
    sift_up(heap_.size() - 1);
  }
}

void EventQueue::cancel(TimerNode& node) {
  if (!node.pending()) {
    return;
  }
  slots_[node.slot] = nullptr;
  node.slot = TimerNode::kIdle;
  ++cancelled_;
  if (cancelled_ > 64 && cancelled_ > heap_.size() / 2) {
    sweep();
  }
}

void EventQueue::free_slot(std::uint32_t slot) { free_slots_.push_back(slot); }

void EventQueue::sweep() {
  close_hole();
  std::size_t kept = 0;
  for (const Entry& entry : heap_) {
    const auto slot = static_cast<std::uint32_t>(entry.order & kSlotMask);
    if (slots_[slot] != nullptr) {
      heap_[kept++] = entry;
    } else {
      free_slot(slot);
    }
  }
  heap_.resize(kept);
  cancelled_ = 0;
  for (std::size_t i = kept / 4 + 1; i-- > 0;) {
    if (i < kept) {
      sift_down(i);
    }
  }
}

void EventQueue::sift_up(std::size_t at) {
  const Entry entry = heap_[at];
  while (at > 0) {
    const std::size_t parent = (at - 1) / 4;
    if (!(entry < heap_[parent])) {
      break;
    }
    heap_[at] = heap_[parent];
    at = parent;
  }
  heap_[at] = entry;
}

void EventQueue::sift_down(std::size_t at) {
  // As one number, so that which child is least costs no branch: no processor can guess it.
  const auto key = [](const Entry& e) {
    return static_cast<Wide>(e.time) << 64 | static_cast<Wide>(e.order);
  };
  const Entry entry = heap_[at];
  const Wide entry_key = key(entry);
  const std::size_t size = heap_.size();
  for (;;) {
    const std::size_t first = at * 4 + 1;
    if (first >= size) {
      break;
    }
    std::size_t least = first;
    Wide least_key = key(heap_[first]);
    const std::size_t end = std::min(first + 4, size);
    for (std::size_t child = first + 1; child < end; ++child) {
      const Wide child_key = key(heap_[child]);
      const bool less = child_key < least_key;
      least = less ? child : least;
      least_key = less ? child_key : least_key;
    }
    if (least_key >= entry_key) {
      break;
    }
    heap_[at] = heap_[least];
    at = least;
  }
  heap_[at] = entry;
}

void EventQueue::pop() {
  heap_.front() = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) {
    sift_down(0);
  }
}

void EventQueue::drop_cancelled_top() {
  close_hole();
  while (!heap_.empty()) {
    const auto slot = static_cast<std::uint32_t>(heap_.front().order & kSlotMask);
    if (slots_[slot] != nullptr) {
      return;
    }
    free_slot(slot);
    --cancelled_;
    pop();
  }
}

Instant EventQueue::earliest() const {
  if (!hole_) {
    return heap_.empty() ? Instant::never() : Instant::from_ns(heap_.front().time);
  }
  std::int64_t first = Instant::never().count_ns();
  for (std::size_t child = 1; child < std::min<std::size_t>(heap_.size(), 5); ++child) {
    first = std::min(first, heap_[child].time);
  }
  return Instant::from_ns(first);
}

Instant EventQueue::next_time() {
  drop_cancelled_top();
  return heap_.empty() ? Instant::never() : Instant::from_ns(heap_.front().time);
}

void EventQueue::fire_next() {
  drop_cancelled_top();
  REHEARSE_CHECK(!heap_.empty());
  const auto slot = static_cast<std::uint32_t>(heap_.front().order & kSlotMask);
  TimerNode* node = slots_[slot];
  slots_[slot] = nullptr;
  free_slot(slot);
  hole_ = true;
  node->slot = TimerNode::kIdle;
  ++events_;
  node->fire(*node);
}

}  // namespace rehearse::runtime
