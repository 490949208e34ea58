#pragma once

#include <optional>
#include <vector>

#include "harness/base/wide.hpp"
#include "harness/runtime/semaphore.hpp"
#include "scenarios/model.hpp"

namespace rehearse::engine {

// A bounded pool of connections. A connection that was used last is used first; one that was idle
// too long is closed and opened anew, which costs the connect time.
class ConnectionPool {
 public:
  ConnectionPool(runtime::Runtime& runtime, const scenarios::Pool& spec)
      : runtime_(runtime), spec_(spec), places_(runtime, spec.max) {}

  runtime::Semaphore& places() { return places_; }
  // After a place was acquired: whether a connection must be opened for it.
  bool take() {
    settle();
    ++in_use_;
    while (!idle_.empty() && spec_.idle && runtime_.now() - idle_.back() >= *spec_.idle) {
      idle_.clear();  // the last used is the freshest: all others are older
    }
    if (idle_.empty()) {
      ++opened_;
      return true;
    }
    idle_.pop_back();
    return false;
  }
  // Gives the connection and its place back; a broken one is closed.
  void give_back(bool usable) {
    settle();
    --in_use_;
    if (usable) {
      idle_.push_back(runtime_.now());
    }
    places_.release();
  }
  const scenarios::Pool& spec() const { return spec_; }
  std::uint64_t opened() const { return opened_; }
  // Connection-nanoseconds in use until now.
  Wide busy_ns() const {
    return busy_ns_ + static_cast<Wide>(in_use_) * (runtime_.now() - settled_).count_ns();
  }

 private:
  void settle() {
    busy_ns_ = busy_ns();
    settled_ = runtime_.now();
  }

  runtime::Runtime& runtime_;
  const scenarios::Pool& spec_;
  runtime::Semaphore places_;
  std::vector<Instant> idle_;
  std::uint64_t opened_ = 0;
  std::uint32_t in_use_ = 0;
  Wide busy_ns_ = 0;
  Instant settled_;
};

}  // namespace rehearse::engine
