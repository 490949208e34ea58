#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "harness/runtime/runtime.hpp"

namespace boost::asio {
class io_context;
}

namespace rehearse::runtime {
class RootTask;
}

namespace rehearse::net {

// Real time: the clock is the machine's, scaled by `speed`, and the loop sleeps until the next
// timer or until a socket has something. Scenario time starts at the first run(). Single-threaded
// but for inject().
class AsioRuntime final : public runtime::Runtime {
 public:
  // `speed`: scenario seconds per wall second, finite and > 0.
  explicit AsioRuntime(double speed = 1);
  ~AsioRuntime() override;
  AsioRuntime(const AsioRuntime&) = delete;
  AsioRuntime& operator=(const AsioRuntime&) = delete;

  Instant wall_now() override;
  double speed() const override { return speed_; }
  void run(runtime::Task<void> root) override;

  // Runs `function` on the loop's thread soon; any thread may call. Not counted as something that a
  // run waits for.
  void inject(std::function<void()> function);

  // For the adapters of Asio: operations under way keep a run from being stuck.
  boost::asio::io_context& io_context();
  void operation_started() { ++operations_; }
  void operation_ended() { --operations_; }

 private:
  struct Loop;
  bool run_batch(const runtime::RootTask& root);
  void wait();
  void refresh();

  double speed_;
  std::uint64_t operations_ = 0;
  std::unique_ptr<Loop> loop_;
};

}  // namespace rehearse::net
