#pragma once

#include <cstdint>
#include <deque>

#include "harness/base/time.hpp"

namespace rehearse::load {

// A circuit breaker: opens after `failures` failures inside `window`, lets nothing through for
// `open_for`, then lets `probes` calls through; all of them must succeed to close it again.
class CircuitBreaker {
 public:
  struct Options {
    std::uint32_t failures = 5;
    Duration window = Duration::seconds(10);
    Duration open_for = Duration::seconds(30);
    std::uint32_t probes = 1;
  };
  enum class State { Closed, Open, HalfOpen };

  explicit CircuitBreaker(const Options& options) : options_(options) {}

  // Whether a call may start now; counts it as a probe where the breaker is half open.
  bool allow(Instant now);
  // The end of a call that was allowed. A cancelled call is neither: report it with forget().
  void succeeded(Instant now);
  void failed(Instant now);
  void forget();

  State state(Instant now) const;
  std::uint64_t times_opened() const { return times_opened_; }

 private:
  void open(Instant now);

  Options options_;
  std::deque<Instant> recent_failures_;
  State state_ = State::Closed;
  Instant open_until_;
  std::uint32_t probing_ = 0;
  std::uint32_t probes_succeeded_ = 0;
  std::uint64_t times_opened_ = 0;
};

}  // namespace rehearse::load
