#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

#include "harness/base/time.hpp"
#include "harness/runtime/event.hpp"

namespace rehearse::engine {

// What a stage remembers: keys with a time to live, least recently used out first past a capacity.
// Holds no values: only whether an answer would be there.
class Cache {
 public:
  Cache(std::optional<Duration> ttl, std::optional<std::uint64_t> capacity)
      : ttl_(ttl), capacity_(capacity) {}

  // Whether the key is there and fresh; a hit makes it the most recently used.
  bool hit(std::uint64_t key, Instant now);
  // The key's answer arrived.
  void put(std::uint64_t key, Instant now);

  // The computation of a key that is under way, for coalescing; null where there is none.
  std::shared_ptr<runtime::Event> under_way(std::uint64_t key) const;
  void begin(std::uint64_t key, std::shared_ptr<runtime::Event> event);
  // Ends it and wakes those who wait, whether it succeeded or not.
  void end(std::uint64_t key);

 private:
  struct Entry {
    std::uint64_t key;
    Instant expires;
  };
  std::optional<Duration> ttl_;
  std::optional<std::uint64_t> capacity_;
  std::list<Entry> used_;  // most recently used first
  std::unordered_map<std::uint64_t, std::list<Entry>::iterator> entries_;
  std::unordered_map<std::uint64_t, std::shared_ptr<runtime::Event>> under_way_;
};

}  // namespace rehearse::engine
