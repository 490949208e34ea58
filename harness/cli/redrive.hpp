#pragma once

#include <memory>
#include <vector>

#include "harness/base/result.hpp"
#include "mocks/calibration/timed_call.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::cli {

struct RedriveOptions {
  double speed = 10;             // scenario seconds per wall second
  std::size_t rounds = 1;        // how often every call is made
  std::size_t concurrency = 24;  // where the calls' own instants are unknown
  std::uint64_t seed = 1;
};

struct Redriven {
  std::vector<calibration::TimedCall> calls;  // in the order of their start, scenario time
  double wire_s = 0;                          // already taken off, scenario time
};

// Asks a mock server that plays `profile` for these calls over HTTP, with our client, through our
// recording proxy, and yields what the recording says. Calls start at their own instants where
// those are known. An error where a call was not answered.
Result<Redriven> redrive(std::shared_ptr<const latency::Profile> profile,
                         const std::vector<calibration::TimedCall>& calls,
                         const RedriveOptions& options);

}  // namespace rehearse::cli
