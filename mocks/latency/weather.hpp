#pragma once

#include <cstdint>

#include "harness/base/time.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// Slow weather: a function of (seed, provider, time slot) alone, so that every variant sees the
// same. A two-state chain over the slots: each slot keeps the state of the one before with
// probability `persistence`, else draws it afresh; so its share of slow slots is `share` and its
// autocorrelation over k slots persistence^k, and a slot is known by looking back to where its
// spell began. A spell has one factor.
class Weather {
 public:
  // `slow` outlives this; `provider` is hash_name of its name in the scenario.
  Weather(const SlowSpec& slow, std::uint64_t provider) : slow_(slow), provider_(provider) {}

  // What times are multiplied by; >= 0, 1 in fair weather. About 1 / (1 - persistence) draws where
  // the slot was not asked for just before.
  double factor(std::uint64_t seed, Instant now);

 private:
  double drawn(std::uint64_t seed, std::uint64_t slot) const;

  const SlowSpec& slow_;
  std::uint64_t provider_;
  std::uint64_t seed_ = 0;  // of the last answer
  std::uint64_t slot_ = 0;
  double last_ = 1;
  bool known_ = false;
};

}  // namespace rehearse::latency
