#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/runtime/event_queue.hpp"
#include "harness/wire/http_message.hpp"
#include "mocks/server/connection.hpp"

namespace rehearse::server {

// HTTP/1.1 over TCP, and the clock of those who answer. Single-threaded: everything happens on the
// thread of run(), but for stop() and inject(). One heap of timers and one timer of the system, so
// that a thousand streams cost a thousand sends and little else. Few timers are met exactly; where
// they come thick, one wake-up serves all that came due in a quarter of a millisecond.
class Transport {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;     // 0: any that is free
    bool allow_remote = false;  // else an address that is not of this machine alone is an error
    double speed = 1;           // scenario seconds per wall second, > 0
    std::size_t max_header = 64u << 10;
    std::size_t max_body = 64u << 20;
    Duration slow_sender = Duration::seconds(60);  // wall time a request may take to come in
    Duration grace = Duration::seconds(1);         // wall time that stop() leaves to answers
  };
  // Listens; an error says what is wrong with the address, or that the port is taken.
  static Result<std::unique_ptr<Transport>> open(const Options& options);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  const std::string& url() const;  // "http://127.0.0.1:41234"
  // Serves until stop().
  void run(Handler& handler);
  // Any thread: no new connections; answers under way have `grace`, then run() returns.
  void stop();
  // Any thread: runs `function` on the loop's thread; dropped where run() has returned.
  void inject(std::function<void()> function);

  // Scenario time since open().
  Instant now() const;
  double speed() const;
  void schedule(runtime::TimerNode& node, Instant at);
  void cancel(runtime::TimerNode& node);

  // Sends a request to an IP address and throws the answer away; nobody hears of its end.
  void post(const std::string& address, std::uint16_t port, const wire::Request& request);
  // Off: connections are refused by the system, as if nothing were there; those that are open stay.
  // The port is kept.
  void set_listening(bool on);
  // Since the epoch, for what has to agree with other programs' clocks (signatures).
  std::int64_t wall_seconds() const;

  std::uint64_t open_connections() const;
  std::uint64_t accepted_connections() const;
  // Writes that a client's full window did not take at once.
  std::uint64_t held_back() const;

 private:
  friend struct TransportLoop;
  explicit Transport(const Options& options);
  std::unique_ptr<struct TransportLoop> loop_;
};

}  // namespace rehearse::server
