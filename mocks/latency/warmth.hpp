#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// Which models are loaded (a GPU's memory, a hosted container that starts cold): a call to one that
// is not waits for it, and so does who comes while it loads. Told of every start and end of
// service, in the order of time.
class Warmth {
 public:
  explicit Warmth(const Profile& profile);  // outlives this

  // Service of a call to that entry starts: how long it waits for its model; zero where the entry
  // has no `load`. Linear in the models of its operation where one has to make room.
  Duration enter(std::size_t entry, const DrawKey& key, Instant now);
  void leave(std::size_t entry, Instant now);

 private:
  struct Model {
    bool loaded = false;
    Instant ready;      // when its load ends or ended
    Instant last_used;  // the end of its last call
    std::uint64_t in_use = 0;
  };
  void make_room(std::size_t entry);

  const Profile& profile_;
  std::vector<Model> models_;  // by entry
};

}  // namespace rehearse::latency
