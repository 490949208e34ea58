#pragma once

#include <optional>

#include "harness/base/time.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/rate_limit.hpp"

namespace rehearse::wire::anthropic {

struct RateLimits {
  std::optional<LimitState> requests;
  std::optional<LimitState> tokens;  // input and output together
  std::optional<LimitState> input_tokens;
  std::optional<LimitState> output_tokens;
  bool operator==(const RateLimits&) const = default;
};

// anthropic-ratelimit-{requests,tokens,…}-{limit,remaining,reset}; resets as RFC 3339 in whole
// seconds, rounded up. `now` is wall time since the epoch.
void write_rate_limits(Headers& headers, const RateLimits& limits, Instant now);
// What of these headers is there and well-formed; a reset that has passed is zero.
RateLimits read_rate_limits(const Headers& headers, Instant now);

}  // namespace rehearse::wire::anthropic
