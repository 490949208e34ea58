#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/money.hpp"
#include "harness/base/time.hpp"
#include "harness/base/usage.hpp"
#include "harness/base/wire_times.hpp"

namespace rehearse::provider {

// Why a call failed; closed, exported by name (failure_name) in reports and OTel's error.type.
enum class Failure : std::uint8_t {
  None,
  Timeout,         // the caller's own limit
  Cancelled,       // the caller was told to stop
  RateLimited,     // 429, worth a retry
  QuotaExhausted,  // 429, not worth one
  Overloaded,      // 503, 529, a full queue
  ServerError,     // other 5xx
  BadRequest,      // 400, 413, 422
  Unauthorized,    // 401, 403
  NotFound,        // 404
  OtherStatus,     // any other status that is no success
  ConnectionRefused,
  ConnectionReset,  // before or inside the answer
  TlsFailed,        // verification or handshake
  Truncated,        // the stream or body ended early
  Malformed,        // the answer cannot be read
};
std::string_view failure_name(Failure failure);

// One attempt, as the caller saw it. Instants are scenario time.
struct Outcome {
  Failure failure = Failure::None;
  std::uint16_t status = 0;   // HTTP; 0 where none came
  bool truncated = false;     // the output was cut at max_tokens
  bool should_retry = false;  // of a failure: whether the provider's own rules call it transient
  std::uint32_t chunks = 0;   // content chunks received
  Instant started;
  Instant first_chunk;  // first non-empty content; == done where the answer came whole
  Instant done;
  std::optional<Duration> retry_after;
  Usage usage;
  Money cost;
  std::shared_ptr<const WireTimes> wire;  // of a call over HTTP, or of a stream; else null
  std::string text;    // of the answer, live only and only where a later stage asks for it
  std::string detail;  // of a failure: one line, no secrets

  bool ok() const { return failure == Failure::None; }
};

}  // namespace rehearse::provider
