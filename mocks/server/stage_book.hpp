#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>

#include "harness/base/rng.hpp"
#include "mocks/server/mount.hpp"

namespace rehearse::server {

// What is known of a call that does not say which draw it is.
struct Unnamed {
  std::uint64_t job = 0;
  std::string_view operation;
  std::string_view path;  // below the mount
  std::string_view model;
  std::string_view body;
  std::uint64_t body_hash = 0;  // script::body_key of it
  std::uint32_t retry = 0;      // as the SDK counts: x-stainless-retry-count
};

// Finds the stage that a call belongs to, and numbers the calls of each stage and job, so that
// every call has a draw of its own: the same in every run where the app asks in the same order.
class StageBook {
 public:
  explicit StageBook(std::uint64_t seed) : seed_(seed) {}

  struct Entry {
    const StageMatch* stage = nullptr;  // nothing fitted
    DrawKey key;
  };
  // A retry keeps the place of the call that it repeats. `mount` outlives the book.
  Entry enter(const Mount& mount, const Unnamed& call);

 private:
  struct Job {
    std::unordered_map<const StageMatch*, std::uint32_t> fitting;  // for `nth`
    std::unordered_map<std::uint64_t, std::uint32_t> calls;        // by stage key
    std::unordered_map<std::uint64_t, Entry> last;                 // by stage-independent content
  };
  const StageMatch* find(Job& job, const Mount& mount, const Unnamed& call);

  std::uint64_t seed_;
  std::map<std::uint64_t, Job> jobs_;
};

}  // namespace rehearse::server
