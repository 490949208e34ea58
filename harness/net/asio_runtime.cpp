#include "harness/net/asio_runtime.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "harness/base/check.hpp"
#include "harness/runtime/root_task.hpp"

namespace rehearse::net {
namespace {

using Clock = std::chrono::steady_clock;
using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>,
                                                boost::asio::io_context::executor_type>;

// After so many events in a row the sockets are looked at, however much is ready.
constexpr int kBatch = 256;

}  // namespace

struct AsioRuntime::Loop {
  boost::asio::io_context io{1};  // one thread runs it; others may post
  Timer timer{io.get_executor()};
  std::optional<Clock::time_point> start;
  Clock::time_point armed = Clock::time_point::max();

  // One timer for all: set only where something is due earlier than what it waits for. Waking too
  // early, after a cancelled timer, costs one turn of the loop.
  void arm(Clock::time_point at) {
    if (at >= armed) {
      return;
    }
    armed = at;
    timer.expires_at(at);
    timer.async_wait([this](const boost::system::error_code& ec) {
      if (!ec) {
        armed = Clock::time_point::max();
      }
    });
  }
};

AsioRuntime::AsioRuntime(double speed) : speed_(speed), loop_(std::make_unique<Loop>()) {
  REHEARSE_CHECK(std::isfinite(speed) && speed > 0);
}

AsioRuntime::~AsioRuntime() = default;

boost::asio::io_context& AsioRuntime::io_context() { return loop_->io; }

void AsioRuntime::inject(std::function<void()> function) {
  boost::asio::post(loop_->io, std::move(function));
}

Instant AsioRuntime::wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_ns(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

void AsioRuntime::refresh() {
  const std::chrono::nanoseconds wall = Clock::now() - *loop_->start;
  const Duration elapsed = Duration::nanoseconds(wall.count());
  now_ = std::max(now_, Instant() + (speed_ == 1 ? elapsed : elapsed * speed_));
}

void AsioRuntime::run(runtime::Task<void> task) {
  if (!loop_->start) {
    loop_->start = Clock::now();
  }
  refresh();
  runtime::RootTask root(std::move(task));
  while (!root.done()) {
    const bool more = run_batch(root);
    if (root.done()) {
      break;
    }
    if (loop_->io.stopped()) {
      loop_->io.restart();
    }
    if (more) {
      loop_->io.poll();
    } else {
      wait();
    }
  }
  root.finish();
}

// Like SimRuntime: all that is ready goes before the next timer. False where nothing is due.
bool AsioRuntime::run_batch(const runtime::RootTask& root) {
  for (int i = 0; i < kBatch && !root.done(); ++i) {
    refresh();
    if (queue_.has_ready()) {
      queue_.run_one_ready();
    } else if (queue_.next_time() <= now_) {
      queue_.fire_next();
    } else {
      return false;
    }
  }
  return true;
}

void AsioRuntime::wait() {
  const Instant next = queue_.next_time();
  if (next == Instant::never() && operations_ == 0) {
    if (loop_->io.poll() == 0) {  // nothing was injected either
      REHEARSE_CHECK(on_stuck_ && on_stuck_());
    }
    return;
  }
  if (next != Instant::never()) {
    constexpr double kFarthest = 3.15e17;  // ten years: Asio adds to this, and must not overflow
    const double scaled = std::ceil(static_cast<double>(next.count_ns()) / speed_);
    const auto wall = speed_ == 1 ? std::min(next.count_ns(), static_cast<std::int64_t>(kFarthest))
                                  : static_cast<std::int64_t>(std::min(scaled, kFarthest));
    loop_->arm(*loop_->start + std::chrono::nanoseconds(wall));
  }
  loop_->io.run_one();
  loop_->io.poll();
}

}  // namespace rehearse::net
