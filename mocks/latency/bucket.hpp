#pragma once

#include <cstdint>

#include "harness/base/time.hpp"
#include "harness/base/wide.hpp"

namespace rehearse::latency {

// A limit of so much per window with continuous refill: what was used drains away evenly. In any
// span t it lets in at most limit + limit/window × t; saturated, exactly limit/window. Exact
// integers: the level is kept in thousandths of a unit × nanoseconds of the window. Times must not
// go backwards.
class Bucket {
 public:
  Bucket() = default;
  // `others` of the limit are used by others in each window, evenly.
  Bucket(std::int64_t limit, Duration window, double others)
      : limit_(limit), unit_(window.count_ns() * kParts) {
    const double rest = (static_cast<double>(limit) - others) * kParts;
    drain_ = rest <= 0 ? 0 : static_cast<std::int64_t>(rest + 0.5);
  }

  bool limited() const { return limit_ > 0; }
  std::int64_t limit() const { return limit_; }
  // Units a second that come back.
  double refill_per_s() const {
    return static_cast<double>(drain_) * 1e9 / static_cast<double>(unit_);
  }

  // How long until `amount` fits: zero where it fits now, Duration::max() where it never will.
  // (used + amount − limit)/limit × window, as OpenAI's own refusals compute it.
  Duration wait(std::int64_t amount, Instant now) {
    if (limit_ <= 0) {
      return Duration::zero();
    }
    settle(now);
    const Wide over = level_ + (static_cast<Wide>(amount) - limit_) * unit_;
    if (over <= 0) {
      return Duration::zero();
    }
    if (amount > limit_ || drain_ == 0) {
      return Duration::max();
    }
    return Duration::nanoseconds(static_cast<std::int64_t>((over + drain_ - 1) / drain_));
  }
  // Uses `amount`; only after wait() said that it fits.
  void take(std::int64_t amount) { level_ += static_cast<Wide>(amount) * unit_; }

  // Whole units used, rounded up, and what is left of the limit.
  std::int64_t used(Instant now) {
    settle(now);
    return divide_up(level_, unit_);
  }
  std::int64_t remaining(Instant now) { return limit_ - used(now); }
  // Until all is refilled.
  Duration reset(Instant now) {
    settle(now);
    return drain_ == 0 ? Duration::zero() : Duration::nanoseconds(divide_up(level_, drain_));
  }

 private:
  static constexpr std::int64_t kParts = 1000;

  static std::int64_t divide_up(Wide a, std::int64_t b) {
    if (a <= INT64_MAX - b) {  // the usual case, in 64 bits
      return (static_cast<std::int64_t>(a) + b - 1) / b;
    }
    return static_cast<std::int64_t>((a + b - 1) / b);
  }
  void settle(Instant now) {
    const std::int64_t elapsed = now.count_ns() - last_ns_;
    if (elapsed > 0) {
      last_ns_ = now.count_ns();
      level_ -= static_cast<Wide>(elapsed) * drain_;
      level_ = level_ < 0 ? 0 : level_;
    }
  }

  Wide level_ = 0;
  std::int64_t limit_ = 0;
  std::int64_t drain_ = 0;  // thousandths of a unit per window
  std::int64_t unit_ = 1;   // one unit, as the level counts it
  std::int64_t last_ns_ = 0;
};

}  // namespace rehearse::latency
