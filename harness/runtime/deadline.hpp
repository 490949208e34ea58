#pragma once

#include "harness/runtime/runtime.hpp"

namespace rehearse::runtime {

// Asks `source` to stop at `at`, unless it goes out of scope first. Both outlive it.
class Deadline : TimerNode {
 public:
  Deadline(Runtime& runtime, Instant at, StopSource& source) : runtime_(runtime), source_(source) {
    TimerNode::fire = &Deadline::expire;
    if (at != Instant::never()) {
      runtime_.queue().schedule(*this, at);
    }
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() { runtime_.queue().cancel(*this); }

  // Whether the instant came while this was armed.
  bool expired() const { return expired_; }

 private:
  static void expire(TimerNode& node) {
    auto& self = static_cast<Deadline&>(node);
    self.expired_ = true;
    self.source_.request_stop();
  }

  Runtime& runtime_;
  StopSource& source_;
  bool expired_ = false;
};

}  // namespace rehearse::runtime
