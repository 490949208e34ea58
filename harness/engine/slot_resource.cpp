#include "harness/engine/slot_resource.hpp"

#include <algorithm>

namespace rehearse::engine {

SlotResource::SlotResource(runtime::Runtime& runtime, const scenarios::Resource& spec)
    : runtime_(runtime), spec_(spec), settled_(runtime.now()) {
  for (std::uint32_t i = 0; i < spec.replicas; ++i) {
    replicas_.emplace_back(runtime, spec.slots);
  }
}

std::uint32_t SlotResource::pick(const DrawKey& key) {
  const auto count = static_cast<std::uint32_t>(replicas_.size());
  if (count == 1) {
    return 0;
  }
  switch (spec_.balance) {
    case scenarios::Balance::RoundRobin:
      return next_replica_++ % count;
    case scenarios::Balance::Random:
      return std::min(count - 1,
                      static_cast<std::uint32_t>(key.uniform(Dimension::Balance) * count));
    case scenarios::Balance::LeastLoaded:
      break;
  }
  const auto load = [](const runtime::Semaphore& s) { return s.in_use() + s.waiting(); };
  const auto least =
      std::min_element(replicas_.begin(), replicas_.end(),
                       [&](const auto& a, const auto& b) { return load(a) < load(b); });
  return static_cast<std::uint32_t>(least - replicas_.begin());
}

bool SlotResource::rejects(std::uint32_t replica, std::uint32_t slots) const {
  const runtime::Semaphore& s = replicas_[replica];
  const bool must_wait = s.waiting() > 0 || s.slots() - s.in_use() < slots;
  return must_wait && spec_.queue_max && spec_.on_full == scenarios::OnFull::Reject &&
         s.waiting() >= *spec_.queue_max;
}

void SlotResource::settle() {
  const Instant now = runtime_.now();
  busy_ns_ += static_cast<Wide>(in_use_) * (now - settled_).count_ns();
  settled_ = now;
}

void SlotResource::acquired(std::uint32_t slots, Duration waited) {
  settle();
  in_use_ += slots;
  waits_.record(waited.count_ns());
}

void SlotResource::released(std::uint32_t replica, std::uint32_t slots) {
  settle();
  in_use_ -= slots;
  replicas_[replica].release(slots);
}

void SlotResource::note_queue(std::uint32_t replica) {
  max_queue_ = std::max(max_queue_, replicas_[replica].waiting() + 1);
}

Wide SlotResource::busy_ns() const {
  return busy_ns_ + static_cast<Wide>(in_use_) * (runtime_.now() - settled_).count_ns();
}

}  // namespace rehearse::engine
