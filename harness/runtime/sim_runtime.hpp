#pragma once

#include "harness/runtime/runtime.hpp"

namespace rehearse::runtime {

// Virtual time: when nothing is ready, the clock jumps to the next timer. Same inputs, same
// sequence of events, on every machine.
class SimRuntime : public Runtime {
 public:
  // `wall_clock` gives nanoseconds since the epoch; without one wall_now() is always 0.
  explicit SimRuntime(Instant (*wall_clock)() = nullptr) : wall_clock_(wall_clock) {
    jumps_ = true;
  }

  Instant wall_now() override { return wall_clock_ == nullptr ? Instant() : wall_clock_(); }
  double speed() const override { return 0; }
  void run(Task<void> root) override;

 private:
  Instant (*wall_clock_)();
};

}  // namespace rehearse::runtime
