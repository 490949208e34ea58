#pragma once

#include <memory>
#include <vector>

#include "mocks/calibration/timed_call.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::calibration {

// What a provider of this profile would take for calls with these features, `rounds` times over, in
// virtual time: each round is another time with other weather. In the order of the calls, round by
// round. Faults and limits are left out: they are no matter of time.
std::vector<TimedCall> draw_calls(std::shared_ptr<const latency::Profile> profile,
                                  const std::vector<TimedCall>& calls, std::size_t rounds,
                                  std::uint64_t seed);

}  // namespace rehearse::calibration
