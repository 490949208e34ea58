#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "harness/base/call_features.hpp"
#include "harness/base/distribution.hpp"
#include "harness/base/money.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "mocks/latency/limit_use.hpp"
#include "mocks/latency/profile.hpp"
#include "mocks/latency/ticket.hpp"

namespace rehearse::latency {

// A stage's own `time`: its calls take a draw from it instead of the profile's.
struct StageTime {
  std::uint64_t stage = 0;  // hash_name of its path
  Distribution time;        // seconds
};

struct ModelOptions {
  double other_load_per_s = 0;  // calls a second that others make on the same limits
  std::uint64_t provider = 0;   // hash_name of its name in the scenario: whose weather this is
  std::vector<LimitStart> limits_used = {};  // at the start; nothing of the others is
};

// One provider's limits, queue, latency, faults and prices. Sans-I/O: whoever runs it (virtual
// provider, mock server) tells it the time, which never goes back, and waits for what it plans.
// Single-threaded. A call draws from its DrawKey alone, so the same call gets the same plan in
// every world (but for slow weather, which is a function of seed, provider and time).
class ProviderModel {
 public:
  ProviderModel(std::shared_ptr<const Profile> profile, std::vector<StageTime> stage_times,
                ModelOptions options = {});
  ~ProviderModel();
  ProviderModel(const ProviderModel&) = delete;
  ProviderModel& operator=(const ProviderModel&) = delete;

  // A call arrives: refused (ticket.refusal), in service (ticket.plan is there) or queued (on_start
  // comes later). Limits are charged here, including the reservation of max_tokens; a refused call
  // is charged nothing. `time_ratio` multiplies a draw from the stage's own time: typical(this
  // call) / typical(the base scenario's), 1 where nothing was changed. The features must live until
  // leave(). Allocates only for a refusal.
  void arrive(Ticket& ticket, const DrawKey& key, const CallFeatures& features, double time_ratio,
              bool new_connection, Instant now);
  // A call ends or its caller goes away: frees the slot or the place in the queue, starts the next
  // (its on_start runs inside). What it cost stays. Nothing happens where it has left before.
  void leave(Ticket& ticket, Instant now);

  // Whether such a call would find a free slot now: it would not have to queue.
  bool has_slot(const CallFeatures& features) const;

  // The median time of such a call on an idle provider; > 0. What ratios are made of. Where the
  // provider has no such operation or model, that of the operation's default, or a nanosecond.
  Duration typical(const CallFeatures& features) const;
  // The same, with what the features leave open drawn from `key` instead of its median.
  Duration typical_of(const CallFeatures& features, const DrawKey& key) const;
  // When chunk i of the plan (0 … chunks-1) is due after the start of service, and how many of the
  // output tokens (characters, bytes) it carries: a deterministic partition; the first is due at
  // plan.first_token, the last at plan.total. O(1).
  Duration chunk_due(const Ticket& ticket, std::uint32_t chunk) const;
  std::int64_t chunk_tokens(const Ticket& ticket, std::uint32_t chunk) const;
  // Where the limits stand that such a call meets; of a call that arrived or was refused.
  LimitState limits(const Ticket& ticket, Instant now) const;

  const Profile& profile() const;
  std::uint64_t in_service() const;
  std::uint64_t queued() const;
  Money bill() const;  // of all calls so far
  // Every limit and capacity that there is and what it saw until now.
  std::vector<LimitUse> uses(Instant now) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rehearse::latency
