#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mocks/latency/bucket.hpp"
#include "mocks/latency/profile.hpp"
#include "mocks/latency/ticket.hpp"

namespace rehearse::latency {

// What a call asks of limits before it is let in.
struct Demand {
  std::int64_t input_tokens = 0;
  std::int64_t cached_tokens = 0;    // of the input
  std::int64_t reserved_output = 0;  // max_tokens; 0: none asked
  std::int64_t images = 0;
};

// All the limits of one LimitSpec, as they stand. A call is counted by all of them or by none.
class Limits {
 public:
  enum class What : std::uint8_t {
    Requests,
    Day,
    Tokens,
    TokensDay,
    Input,
    Output,
    Images,
    InFlight
  };
  // How a provider calls it: "requests per min (RPM)".
  static std::string_view text(What what);

  Limits() = default;
  // Others make `others_per_s` calls a second, each asking for `others`.
  Limits(const LimitSpec& spec, double others_per_s, const Demand& others);

  bool any() const { return any_; }

  struct Verdict {
    Duration wait;  // zero: let in; max(): never
    What what = What::Requests;
    std::int64_t requested = 0;
  };
  // The limit that a call would have to wait for longest. Counts nothing.
  Verdict ask(const Demand& demand, Instant now);
  void count(const Demand& demand);
  void enter() { ++in_flight_; }
  void leave() { --in_flight_; }

  std::int64_t limit(What what) const;
  std::int64_t used(What what, Instant now);
  // Fills in what these limits are nearer to than what `state` holds already.
  void describe(LimitState& state, Instant now);

 private:
  static constexpr std::size_t kBuckets = 7;
  static std::int64_t amount(What what, const Demand& demand);

  std::array<Bucket, kBuckets> buckets_;  // by What
  std::int64_t in_flight_limit_ = 0;
  std::int64_t in_flight_ = 0;
  bool any_ = false;
};

}  // namespace rehearse::latency
