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
  void enter(Instant now) {
    settle(now);
    ++in_flight_;
  }
  void leave(Instant now) {
    settle(now);
    --in_flight_;
  }

  std::int64_t limit(What what) const;
  std::int64_t used(What what, Instant now);
  // Units that were let in so far, and units a second that others leave to us; of buckets.
  double let_in(What what) const { return let_in_[static_cast<std::size_t>(what)]; }
  double refill_per_s(What what) const;
  // Call-seconds in flight so far, where that is limited.
  double in_flight_s() const { return in_flight_s_; }
  // A bucket as if that share of it had been used just now; nothing where it has no limit. More
  // than all of it: that much is owed before it lets anybody in again.
  void use_share(What what, double share);
  // Fills in what these limits are nearer to than what `state` holds already.
  void describe(LimitState& state, Instant now);

 private:
  static constexpr std::size_t kBuckets = 7;
  static std::int64_t amount(What what, const Demand& demand);
  void settle(Instant now) {
    if (in_flight_limit_ > 0) {
      in_flight_s_ += static_cast<double>(in_flight_) * (now - settled_).count_s();
      settled_ = now;
    }
  }

  std::array<Bucket, kBuckets> buckets_;   // by What
  std::array<double, kBuckets> let_in_{};  // by What
  std::int64_t in_flight_limit_ = 0;
  std::int64_t in_flight_ = 0;
  double in_flight_s_ = 0;
  Instant settled_;
  bool any_ = false;
};

}  // namespace rehearse::latency
