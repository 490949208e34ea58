#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "harness/base/result.hpp"
#include "mocks/calibration/fidelity.hpp"
#include "mocks/calibration/fit.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::calibration {

// Calls to fit to, and calls to judge by.
struct Halves {
  CallTable fitted;
  std::vector<TimedCall> held;
};

// Of every two neighbours of a cell one is held out, by a coin of the seed: both halves saw the
// same weather, and nothing periodic falls into one of them.
Halves split_halves(const CallTable& table, std::uint64_t seed);

// The profile of these calls as a value that can be loaded; an error where there is no call.
Result<std::shared_ptr<const latency::Profile>> fitted_model(const CallTable& table,
                                                             const FitOptions& options);

// Fits to one half, draws in virtual time what the other asked, and judges. `rounds` are chosen so
// that the mock's own luck hardly matters.
Result<Fidelity> measure(const CallTable& table, const FitOptions& options, std::uint64_t seed);
std::size_t rounds_for(std::size_t calls);

}  // namespace rehearse::calibration
