#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "mocks/server/transport.hpp"

// Private to transport.cpp and http_connection.cpp: whoever includes it compiles Asio.
namespace rehearse::server {

using Tcp =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using WallClock = std::chrono::steady_clock;

class HttpConnection;

struct TransportLoop {
  explicit TransportLoop(const Transport::Options& o) : options(o) {}

  Status listen();
  void accept();
  void sweep();
  void begin_stop();
  void check_stopped();
  void drop_connections();

  Instant now() const;
  WallClock::time_point wall_of(Instant at) const;
  void schedule(runtime::TimerNode& node, Instant at);
  // Fires all timers that are due, in their order. Called before a request is started, so that the
  // model sees instants in order.
  void fire_due();
  void arm();

  void add(std::shared_ptr<HttpConnection> connection);
  void remove(const HttpConnection* connection);
  // Exchanges that have ended are destroyed when nobody is inside them any more.
  void retire(std::unique_ptr<Exchange> exchange) { retired.push_back(std::move(exchange)); }
  void bury();

  Transport::Options options;
  std::string url;
  boost::asio::io_context io{1};
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>
      acceptor{io};
  boost::asio::basic_waitable_timer<WallClock, boost::asio::wait_traits<WallClock>,
                                    boost::asio::io_context::executor_type>
      timer{io}, sweeper{io};
  WallClock::time_point start = WallClock::now();
  runtime::EventQueue queue;
  Instant armed_at = Instant::never();
  bool firing = false;
  Handler* handler = nullptr;
  bool stopping = false;
  WallClock::time_point stop_by;
  std::vector<std::shared_ptr<HttpConnection>> connections;
  std::uint64_t accepted = 0;
  std::vector<std::unique_ptr<Exchange>> retired;
  std::vector<std::shared_ptr<HttpConnection>> closed;  // somebody may still be inside them
  std::array<char, 64u << 10> input;                    // where every read lands first
};

}  // namespace rehearse::server
