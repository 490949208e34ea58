#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/call_features.hpp"
#include "harness/base/distribution.hpp"
#include "harness/base/money.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "harness/base/usage.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// A fault that a call was chosen to suffer; each has a name that scenarios and scripts ask for.
enum class Fault : std::uint8_t {
  None,
  Status,             // an error status with the provider's own body
  ConnectionRefused,
  ConnectionReset,    // before the answer
  ResetInStream,      // after some chunks
  StallBeforeAnswer,  // accepts and never answers in time
  StallInStream,
  TruncatedBody,
  MalformedBody,
};

// All that was drawn for one call, fixed when it is admitted. The gaps between chunks are a
// deterministic partition of (total - first_token), made only where someone looks.
struct Plan {
  Duration first_token;    // from start of service to first content
  Duration total;          // from start of service to last byte; >= first_token
  std::uint32_t chunks = 1;
  Usage usage;             // what will be billed
  Money cost;
  bool truncated = false;  // output cut at max_tokens
  Fault fault = Fault::None;
  std::uint16_t status = 200;
  std::string_view error_code;  // of Fault::Status: "server_error", "overloaded_error", …
  Duration fault_after;         // of resets and stalls: after this much of `total`
};

// Where a caller stands with its limits, for headers; < 0: not limited so.
struct LimitState {
  std::int64_t limit_requests = -1;
  std::int64_t remaining_requests = -1;
  Duration reset_requests;  // to full refill
  std::int64_t limit_tokens = -1;
  std::int64_t remaining_tokens = -1;
  Duration reset_tokens;
};

struct Refusal {
  std::uint16_t status = 429;
  std::string code;      // "rate_limit_exceeded", "insufficient_quota", "server_busy"
  std::string message;   // as the provider words it
  std::optional<Duration> retry_after;
};

// A call inside the model, from arrive() to leave(). Lives in the caller's frame.
struct Ticket {
  // Called when a queued call gets its slot (never from inside arrive()).
  void (*on_start)(Ticket& self, Instant now) = nullptr;
  enum class State : std::uint8_t { Idle, Queued, InService, Left } state = State::Idle;
  Plan plan;                 // drawn at the start of service
  LimitState limits;         // after this call was counted
  std::optional<Refusal> refusal;  // set by arrive() where it refused; the state is then Left

  // private to the model
  DrawKey key;
  CallFeatures features;
  CallFeatures base;
  bool new_connection = false;
  Ticket* previous = nullptr;
  Ticket* next = nullptr;
};

// A stage's own `time`: its calls take a draw from it, times typical(features) / typical(base).
struct StageTime {
  std::uint64_t stage = 0;  // hash_name of its path
  Distribution time;        // seconds
};

// One provider's limits, queue, latency, faults and prices. Sans-I/O: whoever runs it (virtual
// provider, mock server) tells it the time and waits for what it plans. Single-threaded. A call draws
// from its DrawKey alone, so the same call gets the same plan in every world.
class ProviderModel {
 public:
  ProviderModel(std::shared_ptr<const Profile> profile, std::vector<StageTime> stage_times);
  ~ProviderModel();
  ProviderModel(const ProviderModel&) = delete;
  ProviderModel& operator=(const ProviderModel&) = delete;

  // A call arrives: refused (ticket.refusal), in service (ticket.plan is there) or queued (on_start
  // comes later). Limits are charged here, including the reservation of max_tokens.
  void arrive(Ticket& ticket, const DrawKey& key, const CallFeatures& features, const CallFeatures& base,
              bool new_connection, Instant now);
  // A call ends or its caller goes away: frees the slot or the place in the queue, starts the next
  // (their on_start runs inside). What it cost stays.
  void leave(Ticket& ticket, Instant now);

  // The median time of such a call on an idle provider; > 0. What ratios are made of.
  Duration typical(const CallFeatures& features) const;
  // When chunk i of the plan (0 … chunks-1) is due after the start of service, and how many of the
  // output tokens it carries: a deterministic partition that ends at plan.total.
  Duration chunk_due(const Ticket& ticket, std::uint32_t chunk) const;
  std::int64_t chunk_tokens(const Ticket& ticket, std::uint32_t chunk) const;
  LimitState limits(Instant now) const;

  std::uint64_t in_service() const;
  std::uint64_t queued() const;
  Money bill() const;  // of all calls so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rehearse::latency
