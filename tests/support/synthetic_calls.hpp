#pragma once

#include <cstdint>

#include "mocks/calibration/timed_call.hpp"

namespace rehearse::test {

// Streams of a provider that now and then loads its model first (4% take about 8 s longer).
calibration::CallTable cold_start_calls(std::size_t count, std::uint64_t seed);
// Of one whose calls wait in front of two kinds of machines: 65% begin early, 35% late.
calibration::CallTable bimodal_calls(std::size_t count, std::uint64_t seed);
// Of one with two kinds of machines: on 35% of calls both first token and pace are slow.
calibration::CallTable two_machine_calls(std::size_t count, std::uint64_t seed);
// Of one where first token and pace go against each other, without kinds: the later the first, the
// faster what follows.
calibration::CallTable batching_calls(std::size_t count, std::uint64_t seed);
// Of one whose speed changes every 5 s, as neighbours do alike; five calls a second.
calibration::CallTable autocorrelated_calls(std::size_t count, std::uint64_t seed);
// Of a steady one whose first token waits for the input (1 ms each, 100 to 4,000 tokens).
calibration::CallTable input_bound_calls(std::size_t count, std::uint64_t seed);

}  // namespace rehearse::test
