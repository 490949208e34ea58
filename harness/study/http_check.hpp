#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "harness/study/player.hpp"

namespace rehearse::study {

// How a plan's knees are looked at once more in real time, over HTTP.
struct HttpCheck {
  const Player* player = nullptr;         // plays in real time
  std::optional<double> speed = {};       // scenario seconds a wall second; by the load where none
  Duration wall = Duration::seconds(60);  // that a knee may take
  std::uint64_t replications = 8;         // side by side: most of a play is waiting
  // Told before anything is played: how fast to play, what it is and how many jobs it will be.
  std::function<void(double speed, const std::string& what, std::uint64_t jobs)> begins = {};
  std::function<bool()> stopped = {};  // somebody wants it to end
};

}  // namespace rehearse::study
