#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/call_features.hpp"
#include "harness/base/money.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "harness/base/usage.hpp"
#include "mocks/latency/fault.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// All that was drawn for one call, fixed when its service starts. The gaps between chunks are a
// deterministic partition of (total - first_token), made only where someone looks.
struct Plan {
  Duration first_token;  // from start of service to first content; == total where it comes whole
  Duration total;        // from start of service to last byte; >= first_token
  Duration connect;      // of both, what the set-up of a new connection takes
  Duration load;         // of both, the wait for a model that was not in memory
  std::uint32_t chunks = 1;
  std::uint32_t chunks_per_burst = 1;
  bool truncated = false;  // output cut at max_tokens
  Fault fault = Fault::None;
  std::uint16_t status = 200;
  Usage usage;  // what is billed
  Money cost;
  Duration fault_after;                   // the fault shows this long after the start of service
  const FaultSpec* fault_spec = nullptr;  // its name, code and message; the profile owns it
};

// Where a caller stands with its limits after a call was counted, for headers; < 0: not limited so.
struct LimitState {
  std::int64_t limit_requests = -1;
  std::int64_t remaining_requests = -1;
  Duration reset_requests;  // to full refill
  std::int64_t limit_tokens = -1;
  std::int64_t remaining_tokens = -1;
  Duration reset_tokens;
  std::int64_t limit_input = -1;  // tokens of it
  std::int64_t remaining_input = -1;
  Duration reset_input;
  std::int64_t limit_output = -1;
  std::int64_t remaining_output = -1;
  Duration reset_output;
};

// Why a call was not let in.
struct Refusal {
  std::uint16_t status = 429;
  std::string code;                     // "rate_limit_exceeded", "server_busy", "model_not_found"
  std::string message;                  // as the provider words it
  std::optional<Duration> retry_after;  // whole milliseconds, rounded up
};

// A call inside the model, from arrive() to leave(). Lives in the caller's frame and may not move.
struct Ticket {
  // Called when a queued call gets its slot (never from inside arrive()).
  void (*on_start)(Ticket& self, Instant now) = nullptr;
  enum class State : std::uint8_t { Idle, Queued, InService, Left } state = State::Idle;
  Plan plan;                         // drawn at the start of service
  std::unique_ptr<Refusal> refusal;  // set where arrive() refused; the state is then Left

  // private to the model
  bool new_connection = false;
  DrawKey key;
  const CallFeatures* features = nullptr;
  double time_ratio = 1;
  const Entry* entry = nullptr;
  std::size_t place = 0;  // of the entry in its profile
  Ticket* previous = nullptr;
  Ticket* next = nullptr;
};

}  // namespace rehearse::latency
