#pragma once

#include <cstdint>
#include <optional>

#include "harness/base/time.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::wire {

// One bucket as its headers show it.
struct LimitState {
  std::int64_t limit = 0;      // capacity
  std::int64_t remaining = 0;  // what is left now
  Duration reset;              // until the bucket is full again, not until the next admission
  bool operator==(const LimitState&) const = default;
};

struct RateLimits {
  std::optional<LimitState> requests;
  std::optional<LimitState> tokens;
  bool operator==(const RateLimits&) const = default;
};

// A bucket of `limit` per `period` with continuous refill: full again after
// period × (limit − remaining) / limit.
LimitState limit_state(std::int64_t limit, std::int64_t remaining, Duration period);

// x-ratelimit-{limit,remaining,reset}-{requests,tokens}; resets as Go durations.
void write_rate_limits(Headers& headers, const RateLimits& limits);
// What of these headers is there and well-formed.
RateLimits read_rate_limits(const Headers& headers);

// retry-after in whole seconds (rounded up) and retry-after-ms; a wait below zero is zero.
void write_retry_after(Headers& headers, Duration wait);
// retry-after alone, at least a second.
void write_retry_after_seconds(Headers& headers, Duration wait);
// retry-after-ms, else retry-after in seconds or as an HTTP date relative to `now` (wall time).
std::optional<Duration> read_retry_after(const Headers& headers, Instant now);

}  // namespace rehearse::wire
