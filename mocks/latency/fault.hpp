#pragma once

#include <cstdint>
#include <string_view>

#include "harness/base/time.hpp"

namespace rehearse::latency {

// A fault that a call was chosen to suffer. The numbers stay: append only.
enum class Fault : std::uint8_t {
  None,
  Status,  // an error status with the provider's own body
  ConnectionRefused,
  ConnectionReset,    // before the answer
  ResetInStream,      // after some of the answer
  StallBeforeAnswer,  // accepts and never answers in time
  StallInStream,
  TruncatedBody,     // the answer ends early, as if it were complete
  MalformedBody,     // the whole answer, but not readable
  WrongContentType,  // the whole answer, called a web page
  SlowBytes,         // the answer begins when due and drips out
};

// The call is slower and otherwise as it should be.
inline bool only_slows(Fault fault) { return fault == Fault::None || fault == Fault::SlowBytes; }

// The error statuses that a fault may answer with.
inline constexpr std::int64_t kLeastStatus = 400;
inline constexpr std::int64_t kMostStatus = 599;

// "status", "connection_refused", …: what profiles call them.
std::string_view fault_name(Fault fault);

// A stall that nobody gave up on ends after this long with a reset connection, so that no run
// hangs.
inline constexpr Duration kStallLimit = Duration::seconds(3600);

}  // namespace rehearse::latency
