#include "harness/engine/cache.hpp"

namespace rehearse::engine {

bool Cache::hit(std::uint64_t key, Instant now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    return false;
  }
  if (now >= found->second->expires) {
    used_.erase(found->second);
    entries_.erase(found);
    return false;
  }
  used_.splice(used_.begin(), used_, found->second);
  return true;
}

void Cache::put(std::uint64_t key, Instant now) {
  const Instant expires = ttl_ ? now + *ttl_ : Instant::never();
  const auto found = entries_.find(key);
  if (found != entries_.end()) {
    found->second->expires = expires;
    used_.splice(used_.begin(), used_, found->second);
    return;
  }
  used_.push_front({key, expires});
  entries_.emplace(key, used_.begin());
  if (capacity_ && entries_.size() > *capacity_) {
    entries_.erase(used_.back().key);
    used_.pop_back();
  }
}

std::shared_ptr<runtime::Event> Cache::under_way(std::uint64_t key) const {
  const auto found = under_way_.find(key);
  return found == under_way_.end() ? nullptr : found->second;
}

void Cache::begin(std::uint64_t key, std::shared_ptr<runtime::Event> event) {
  under_way_[key] = std::move(event);
}

void Cache::end(std::uint64_t key) {
  const auto found = under_way_.find(key);
  if (found != under_way_.end()) {
    const std::shared_ptr<runtime::Event> event = found->second;
    under_way_.erase(found);
    event->set();
  }
}

}  // namespace rehearse::engine
