#include "harness/runtime/event_queue.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/check.hpp"

namespace rehearse::runtime {

EventQueue::EventQueue() : heap_(64, kLast), ready_(64) {}

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
    sift_down(0, entry);
  } else {
    push(entry);
  }
}

void EventQueue::cancel(TimerNode& node) {
  if (!node.pending()) {
    return;
  }
  slots_[node.slot] = nullptr;
  node.slot = TimerNode::kIdle;
  ++cancelled_;
  if (cancelled_ > 64 && cancelled_ > size_ / 2) {
    sweep();
  }
}

void EventQueue::free_slot(std::uint32_t slot) { free_slots_.push_back(slot); }

void EventQueue::sweep() {
  close_hole();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const auto slot = static_cast<std::uint32_t>(heap_[i].order & kSlotMask);
    if (slots_[slot] != nullptr) {
      heap_[kept++] = heap_[i];
    } else {
      free_slot(slot);
    }
  }
  std::fill(heap_.begin() + static_cast<std::ptrdiff_t>(kept),
            heap_.begin() + static_cast<std::ptrdiff_t>(size_), kLast);
  size_ = kept;
  cancelled_ = 0;
  for (std::size_t i = kept / kWidth + 1; i-- > 0;) {
    if (i < kept) {
      sift_down(i, heap_[i]);
    }
  }
}

void EventQueue::push(Entry entry) {
  if (size_ + kWidth >= heap_.size()) {
    heap_.resize(heap_.size() * 2, kLast);
  }
  std::size_t at = size_++;
  while (at > 0) {
    const std::size_t parent = (at - 1) / kWidth;
    if (entry.key() >= heap_[parent].key()) {
      break;
    }
    heap_[at] = heap_[parent];
    at = parent;
  }
  heap_[at] = entry;
}

std::size_t EventQueue::first_of(const Entry* child) {
  std::size_t least = 0;
  for (std::size_t i = 1; i < kWidth; ++i) {
    least = child[i].key() < child[least].key() ? i : least;
  }
  return least;
}

void EventQueue::sift_down(std::size_t at, Entry entry) {
  for (;;) {
    const std::size_t first = at * kWidth + 1;
    if (first >= size_) {
      break;
    }
    // Without a branch: no processor can guess which of them comes first.
    const Entry* const child = &heap_[first];
    const auto in_left = static_cast<std::size_t>(child[1].time < child[0].time);
    const auto in_right = static_cast<std::size_t>(child[3].time < child[2].time);
    const std::int64_t left = std::min(child[0].time, child[1].time);
    const std::int64_t right = std::min(child[2].time, child[3].time);
    const std::int64_t earliest = std::min(left, right);
    const auto is_right = static_cast<std::size_t>(right < left);
    std::size_t least = is_right << 1 | (is_right & in_right) | (~is_right & in_left);
    // At one instant their numbers decide.
    const bool tie = (left == right) | (child[least].time == child[least ^ 1].time);
    if (tie) [[unlikely]] {
      least = first_of(child);
    }
    if (earliest > entry.time || (earliest == entry.time && child[least].order > entry.order)) {
      break;
    }
    heap_[at] = child[least];
    at = first + least;
  }
  heap_[at] = entry;
}

void EventQueue::pop() {
  const Entry last = std::exchange(heap_[--size_], kLast);
  if (size_ > 0) {
    sift_down(0, last);
  }
}

void EventQueue::drop_cancelled_top() {
  close_hole();
  while (size_ > 0) {
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
    return Instant::from_ns(heap_.front().time);
  }
  return Instant::from_ns(
      std::min(std::min(heap_[1].time, heap_[2].time), std::min(heap_[3].time, heap_[4].time)));
}

Instant EventQueue::next_time() {
  if (!top_is_live()) {
    drop_cancelled_top();
  }
  return Instant::from_ns(heap_.front().time);
}

void EventQueue::fire_next() {
  if (!top_is_live()) {
    drop_cancelled_top();
  }
  REHEARSE_CHECK(size_ > 0);
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
