#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "mocks/server/event_loop.hpp"
#include "mocks/server/poster.hpp"
#include "mocks/server/transport.hpp"

// Private to the transport.
namespace rehearse::server {

class HttpConnection;

// When the loop may wake for a timer. A wake-up costs more than writing a frame, so a burst of them
// is free and then there is one every kEvery: exact at low rates, a batch at a time at high ones.
class WakeBudget {
 public:
  static constexpr std::chrono::nanoseconds kEvery = std::chrono::microseconds(250);
  static constexpr int kBurst = 16;

  // The first instant, not before `due`, at which the loop may wake.
  WallClock::time_point earliest(WallClock::time_point due) const {
    return std::max(due, spent_until_ - kBurst * kEvery);
  }
  void woke(WallClock::time_point now) { spent_until_ = std::max(spent_until_, now) + kEvery; }

 private:
  WallClock::time_point spent_until_;  // at one wake-up every kEvery
};

struct TransportLoop final : private EventLoop::Watcher {
  explicit TransportLoop(const Transport::Options& o) : options(o) {}
  ~TransportLoop();
  TransportLoop(const TransportLoop&) = delete;
  TransportLoop& operator=(const TransportLoop&) = delete;

  Status listen();
  void run();
  void sweep();
  void begin_stop();
  void set_listening(bool on);
  void check_stopped();
  void drop_connections();

  Instant now() const;
  WallClock::time_point wall_of(Instant at) const;
  // Fires the timers that are due, in their order; at most so many that sockets are looked at in
  // between. Called before a request is started, so that the model sees instants in order.
  void fire_due();

  void add(std::shared_ptr<HttpConnection> connection);
  void remove(const HttpConnection* connection);
  // Exchanges that have ended are destroyed when nobody is inside them any more.
  void retire(std::unique_ptr<Exchange> exchange) { retired.push_back(std::move(exchange)); }
  void bury();
  // What `connection` has at the end of corked_bytes, from `begin` on, leaves at the end of this
  // turn.
  void cork(HttpConnection& connection, std::size_t begin);
  void uncork();
  // Its turn comes again once the others had theirs.
  void again(std::shared_ptr<HttpConnection> connection) {
    waiting.push_back(std::move(connection));
  }

  Transport::Options options;
  std::string url;
  EventLoop events;
  WallClock::time_point start = WallClock::now();
  runtime::EventQueue queue;
  bool firing = false;
  Handler* handler = nullptr;
  bool stopping = false;
  std::vector<std::shared_ptr<HttpConnection>> connections;
  std::uint64_t accepted = 0;
  std::uint64_t held_back = 0;
  std::array<char, 64u << 10> input;  // where every read lands first
  std::string output;                 // where what is written is put together
  std::string corked_bytes;           // answers that leave at the end of this turn
  std::unique_ptr<Poster> poster;     // once there is something to post

 private:
  void ready(bool hung_up) override;  // somebody knocks
  bool bind(const sockaddr* address, socklen_t size);
  void listen_again();
  void accept();
  WallClock::time_point next_wake();

  int acceptor_ = -1;
  bool wanted_ = true;  // as far as outages go, somebody should listen
  bool bound_ = true;   // acceptor_ has our port
  bool listening_ = false;
  sockaddr_storage address_{};
  socklen_t address_size_ = 0;
  WallClock::time_point accept_at_ = WallClock::time_point::max();  // more knock, or will be let in
  WallClock::time_point sweep_at_;
  WallClock::time_point stop_by_;
  WakeBudget wakes_;
  bool done_ = false;
  std::vector<std::unique_ptr<Exchange>> retired;
  struct Corked {
    HttpConnection* connection = nullptr;  // lives until bury() at least
    std::size_t end = 0;                   // of its bytes
  };
  std::vector<Corked> corked_;
  std::vector<std::shared_ptr<HttpConnection>> closed;  // somebody may still be inside them
  std::vector<std::shared_ptr<HttpConnection>> waiting;
};

}  // namespace rehearse::server
