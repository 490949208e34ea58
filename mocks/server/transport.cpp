#include "mocks/server/transport.hpp"

#include <boost/asio/post.hpp>
#include <cmath>

#include "harness/base/text.hpp"
#include "mocks/server/http_connection.hpp"
#include "mocks/server/transport_loop.hpp"

namespace rehearse::server {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

constexpr auto kSweepEvery = std::chrono::milliseconds(500);
constexpr auto kAcceptPause = std::chrono::milliseconds(20);

std::string authority(const asio::ip::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string host = endpoint.address().is_v6() ? "[" + address + "]" : address;
  return host + ":" + std::to_string(endpoint.port());
}

}  // namespace

Status TransportLoop::listen() {
  ErrorCode ec;
  const std::string& name = options.address;
  const auto address = asio::ip::make_address(name == "localhost" ? "127.0.0.1" : name, ec);
  if (ec) {
    return Error{quoted_excerpt(name), "expected an IP address to listen on, such as 127.0.0.1"};
  }
  if (!address.is_loopback() && !options.allow_remote) {
    return Error{quoted_excerpt(name),
                 "other machines could reach the mocks there; expected a loopback address, or the "
                 "explicit permission to serve others"};
  }
  const asio::ip::tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) {
    acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    acceptor.bind(endpoint, ec);
  }
  if (!ec) {
    acceptor.listen(4096, ec);
  }
  if (ec == asio::error::address_in_use) {
    return Error{authority(endpoint), "this port is in use; choose another one, or 0 for any"};
  }
  if (ec) {
    return Error{authority(endpoint), "cannot listen: " + ec.message()};
  }
  acceptor.non_blocking(true, ec);
  asio::ip::tcp::endpoint bound = acceptor.local_endpoint(ec);
  if (bound.address().is_unspecified()) {
    bound.address(bound.address().is_v6() ? asio::ip::address(asio::ip::address_v6::loopback())
                                          : asio::ip::address(asio::ip::address_v4::loopback()));
  }
  url = "http://" + authority(bound);
  return Done{};
}

void TransportLoop::accept() {
  acceptor.async_wait(asio::socket_base::wait_read, [this](ErrorCode failed) {
    if (failed || stopping) {
      return;
    }
    ErrorCode ec;
    for (int i = 0; i < 256; ++i) {
      Tcp socket(io);
      acceptor.accept(socket, ec);
      if (ec) {
        break;
      }
      ++accepted;
      add(std::make_shared<HttpConnection>(*this, std::move(socket)));
    }
    if (ec && ec != asio::error::would_block && ec != asio::error::connection_aborted) {
      // No file descriptors left: those who knock wait in the backlog until some are given back.
      auto pause = std::make_shared<decltype(timer)>(io, kAcceptPause);
      pause->async_wait([this, pause](ErrorCode) { accept(); });
      return;
    }
    accept();
  });
}

void TransportLoop::add(std::shared_ptr<HttpConnection> connection) {
  connection->place = connections.size();
  connections.push_back(connection);
  connection->start();
}

void TransportLoop::remove(const HttpConnection* connection) {
  const std::size_t place = connection->place;
  if (place >= connections.size() || connections[place].get() != connection) {
    return;
  }
  closed.push_back(connections[place]);
  std::swap(connections[place], connections.back());
  connections[place]->place = place;
  connections.pop_back();
  check_stopped();
}

void TransportLoop::sweep() {
  sweeper.expires_after(kSweepEvery);
  sweeper.async_wait([this](ErrorCode ec) {
    if (ec) {
      return;
    }
    const auto all = connections;  // some may leave
    for (const auto& connection : all) {
      connection->check_patience(WallClock::now());
    }
    if (stopping && WallClock::now() >= stop_by) {
      drop_connections();
    }
    bury();
    sweep();
  });
}

void TransportLoop::begin_stop() {
  if (stopping) {
    return;
  }
  stopping = true;
  stop_by = WallClock::now() + std::chrono::nanoseconds(options.grace.count_ns());
  ErrorCode ec;
  acceptor.close(ec);
  const auto all = connections;
  for (const auto& connection : all) {
    connection->close_if_idle();
  }
  if (options.grace <= Duration::zero()) {
    drop_connections();
  }
  bury();
  check_stopped();
}

void TransportLoop::drop_connections() {
  const auto all = connections;
  for (const auto& connection : all) {
    connection->drop();
  }
}

void TransportLoop::check_stopped() {
  if (stopping && connections.empty()) {
    io.stop();
  }
}

Instant TransportLoop::now() const {
  const std::chrono::nanoseconds wall = WallClock::now() - start;
  return Instant() + Duration::nanoseconds(wall.count()) * options.speed;
}

WallClock::time_point TransportLoop::wall_of(Instant at) const {
  const double ns = std::ceil(static_cast<double>(at.count_ns()) / options.speed);
  constexpr double kFar = 100.0 * 365 * 86'400 * 1e9;
  return start + std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(ns, kFar)));
}

void TransportLoop::schedule(runtime::TimerNode& node, Instant at) {
  queue.schedule(node, at);
  if (!firing && at < armed_at) {
    arm();
  }
}

void TransportLoop::arm() {
  const Instant next = queue.next_time();
  if (next == Instant::never() || next == armed_at) {
    return;
  }
  armed_at = next;
  timer.expires_at(wall_of(next));
  timer.async_wait([this](ErrorCode ec) {
    if (!ec) {
      armed_at = Instant::never();
      fire_due();
      bury();
    }
  });
}

void TransportLoop::fire_due() {
  if (firing) {
    return;
  }
  firing = true;
  while (queue.next_time() <= now()) {
    queue.fire_next();
  }
  firing = false;
  arm();
}

void TransportLoop::bury() {
  while (!retired.empty()) {
    const auto dead = std::move(retired);
    retired.clear();
  }
  closed.clear();
}

Transport::Transport(const Options& options) : loop_(std::make_unique<TransportLoop>(options)) {}

Transport::~Transport() {
  loop_->handler = nullptr;
  loop_->drop_connections();
  loop_->bury();
}

Result<std::unique_ptr<Transport>> Transport::open(const Options& options) {
  if (!(options.speed > 0) || !std::isfinite(options.speed)) {
    return Error{"speed", "expected a number above 0"};
  }
  std::unique_ptr<Transport> transport(new Transport(options));
  const Status listening = transport->loop_->listen();
  if (!listening) {
    return listening.errors();
  }
  return transport;
}

const std::string& Transport::url() const { return loop_->url; }

void Transport::run(Handler& handler) {
  loop_->handler = &handler;
  loop_->accept();
  loop_->sweep();
  loop_->arm();
  loop_->io.run();
  loop_->drop_connections();
  loop_->bury();
}

void Transport::stop() {
  asio::post(loop_->io, [loop = loop_.get()] { loop->begin_stop(); });
}

void Transport::inject(std::function<void()> function) {
  asio::post(loop_->io, [loop = loop_.get(), function = std::move(function)] {
    function();
    loop->bury();
  });
}

Instant Transport::now() const { return loop_->now(); }
double Transport::speed() const { return loop_->options.speed; }
void Transport::schedule(runtime::TimerNode& node, Instant at) { loop_->schedule(node, at); }
void Transport::cancel(runtime::TimerNode& node) { loop_->queue.cancel(node); }
std::uint64_t Transport::open_connections() const { return loop_->connections.size(); }
std::uint64_t Transport::accepted_connections() const { return loop_->accepted; }

}  // namespace rehearse::server
