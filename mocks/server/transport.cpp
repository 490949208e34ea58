#include "mocks/server/transport.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "harness/base/check.hpp"
#include "harness/base/text.hpp"
#include "mocks/server/http_connection.hpp"
#include "mocks/server/transport_loop.hpp"

namespace rehearse::server {
namespace {

constexpr auto kSweepEvery = std::chrono::milliseconds(500);
constexpr auto kAcceptPause = std::chrono::milliseconds(20);
constexpr int kFiredInARow = 256;
constexpr int kAcceptedInARow = 32;
constexpr int kBacklog = 4096;
constexpr std::size_t kCorkedAtOnce = 64;
constexpr std::size_t kCorkedKept = 256u << 10;

// An IP address and a port, either version.
struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* address() { return reinterpret_cast<sockaddr*>(&storage); }
  sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage); }
  sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage); }
  bool is_v6() const { return storage.ss_family == AF_INET6; }
  in_port_t& port() { return is_v6() ? v6().sin6_port : v4().sin_port; }
  bool is_loopback() {
    return is_v6() ? IN6_IS_ADDR_LOOPBACK(&v6().sin6_addr)
                   : ntohl(v4().sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  }
  bool is_any() {
    return is_v6() ? IN6_IS_ADDR_UNSPECIFIED(&v6().sin6_addr) : v4().sin_addr.s_addr == INADDR_ANY;
  }
  // "127.0.0.1:8080"; where it is any address, that of this machine alone.
  std::string text() {
    char name[INET6_ADDRSTRLEN] = {};
    const void* bytes = is_v6() ? static_cast<const void*>(&v6().sin6_addr) : &v4().sin_addr;
    ::inet_ntop(storage.ss_family, bytes, name, sizeof name);
    const std::string host = is_any() ? (is_v6() ? "::1" : "127.0.0.1") : name;
    return (is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(ntohs(port()));
  }
};

// Nothing where the text is no IP address.
std::optional<Endpoint> parse_endpoint(const std::string& name, std::uint16_t port) {
  Endpoint out;
  if (::inet_pton(AF_INET, name.c_str(), &out.v4().sin_addr) == 1) {
    out.storage.ss_family = AF_INET;
    out.size = sizeof(sockaddr_in);
  } else if (::inet_pton(AF_INET6, name.c_str(), &out.v6().sin6_addr) == 1) {
    out.storage.ss_family = AF_INET6;
    out.size = sizeof(sockaddr_in6);
  } else {
    return std::nullopt;
  }
  out.port() = htons(port);
  return out;
}

}  // namespace

TransportLoop::~TransportLoop() {
  if (acceptor_ >= 0) {
    ::close(acceptor_);
  }
}

Status TransportLoop::listen() {
  const std::string& name = options.address;
  auto endpoint = parse_endpoint(name == "localhost" ? "127.0.0.1" : name, options.port);
  if (!endpoint) {
    return Error{quoted_excerpt(name), "expected an IP address to listen on, such as 127.0.0.1"};
  }
  if (!endpoint->is_loopback() && !options.allow_remote) {
    return Error{quoted_excerpt(name),
                 "other machines could reach the mocks there; expected a loopback address, or the "
                 "explicit permission to serve others"};
  }
  if (!bind(endpoint->address(), endpoint->size) || ::listen(acceptor_, kBacklog) != 0) {
    return errno == EADDRINUSE
               ? Error{endpoint->text(), "this port is in use; choose another one, or 0 for any"}
               : Error{endpoint->text(), std::string("cannot listen: ") + std::strerror(errno)};
  }
  listening_ = true;
  ::getsockname(acceptor_, endpoint->address(), &endpoint->size);
  address_ = endpoint->storage;
  address_size_ = endpoint->size;
  url = "http://" + endpoint->text();
  events.watch(acceptor_, *this);
  return Done{};
}

void TransportLoop::ready(bool) { accept_at_ = WallClock::time_point::min(); }

void TransportLoop::accept() {
  accept_at_ = WallClock::time_point::max();
  if (stopping || !listening_) {
    return;
  }
  for (int i = 0; i < kAcceptedInARow; ++i) {
    const int socket = ::accept4(acceptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      ++accepted;
      add(std::make_shared<HttpConnection>(*this, socket));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (errno != ECONNABORTED && errno != EINTR) {
      // No file descriptors left: those who knock wait in the backlog until some are given back.
      accept_at_ = WallClock::now() + kAcceptPause;
      return;
    }
  }
  accept_at_ = WallClock::time_point::min();  // there may be more
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

// One turn for everybody: timers, sockets, new connections, those with more to say.
void TransportLoop::run() {
  ::prctl(PR_SET_TIMERSLACK, 1);  // of this thread; 50 us otherwise
  sweep_at_ = WallClock::now() + kSweepEvery;
  while (!done_) {
    if (!events.wait(next_wake())) {
      wakes_.woke(WallClock::now());
    }
    const WallClock::time_point clock = WallClock::now();
    if (clock >= accept_at_) {
      accept();
    }
    const auto turn = std::exchange(waiting, {});
    for (const auto& connection : turn) {
      connection->go_on();
    }
    if (clock >= sweep_at_) {
      sweep();
    }
    fire_due();
    uncork();
    handler->sent();
    bury();
  }
}

void TransportLoop::cork(HttpConnection& connection, std::size_t begin) {
  REHEARSE_CHECK(begin == (corked_.empty() ? 0 : corked_.back().end));
  corked_.push_back({&connection, corked_bytes.size()});
  if (corked_.size() == kCorkedAtOnce) {
    uncork();
  }
}

void TransportLoop::uncork() {
  if (corked_.empty()) {
    return;
  }
  std::size_t begin = 0;
  for (const Corked& one : corked_) {
    one.connection->uncork(std::string_view(corked_bytes).substr(begin, one.end - begin));
    begin = one.end;
  }
  corked_.clear();
  corked_bytes.clear();
  if (corked_bytes.capacity() > kCorkedKept) {
    corked_bytes.shrink_to_fit();
  }
}

WallClock::time_point TransportLoop::next_wake() {
  if (!waiting.empty()) {
    return WallClock::time_point::min();
  }
  const WallClock::time_point due = wall_of(queue.next_time());
  // What is due already was left over by fire_due(): it waits for nothing but the sockets.
  return std::min({due <= WallClock::now() ? due : wakes_.earliest(due), sweep_at_, accept_at_});
}

void TransportLoop::sweep() {
  const WallClock::time_point clock = WallClock::now();
  sweep_at_ = clock + kSweepEvery;
  // Whoever leaves is replaced by the last, which has had its turn.
  for (std::size_t i = connections.size(); i-- > 0;) {
    connections[i]->check_patience(clock);
  }
  if (wanted_) {
    listen_again();
  }
  if (stopping && clock >= stop_by_) {
    drop_connections();
  }
}

// Holds the address from now on, and refuses who knocks.
bool TransportLoop::bind(const sockaddr* address, socklen_t size) {
  acceptor_ = ::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(acceptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(acceptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // whoever is accepted has it
  return acceptor_ >= 0 && ::bind(acceptor_, address, size) == 0;
}

void TransportLoop::set_listening(bool on) {
  wanted_ = on;
  if (stopping) {
    return;
  }
  if (on) {
    listen_again();
  } else if (listening_) {
    listening_ = false;
    ::close(acceptor_);
    bound_ = bind(reinterpret_cast<const sockaddr*>(&address_), address_size_);
  }
}

// Where somebody took the port in the meantime this fails, and sweep() tries again.
void TransportLoop::listen_again() {
  if (listening_ || stopping) {
    return;
  }
  if (bound_ && ::listen(acceptor_, kBacklog) == 0) {
    listening_ = true;
    events.watch(acceptor_, *this);
    return;
  }
  ::close(acceptor_);
  bound_ = bind(reinterpret_cast<const sockaddr*>(&address_), address_size_);
}

void TransportLoop::begin_stop() {
  if (stopping) {
    return;
  }
  stopping = true;
  stop_by_ = WallClock::now() + std::chrono::nanoseconds(options.grace.count_ns());
  ::close(acceptor_);
  acceptor_ = -1;
  const auto all = connections;
  for (const auto& connection : all) {
    connection->close_if_idle();
  }
  if (options.grace <= Duration::zero()) {
    drop_connections();
  }
  check_stopped();
}

void TransportLoop::drop_connections() {
  const auto all = connections;
  for (const auto& connection : all) {
    connection->drop();
  }
}

void TransportLoop::check_stopped() { done_ = done_ || (stopping && connections.empty()); }

Instant TransportLoop::now() const {
  const std::chrono::nanoseconds wall = WallClock::now() - start;
  return Instant() + Duration::nanoseconds(wall.count()) * options.speed;
}

WallClock::time_point TransportLoop::wall_of(Instant at) const {
  const double ns = std::ceil(static_cast<double>(at.count_ns()) / options.speed);
  constexpr double kFar = 100.0 * 365 * 86'400 * 1e9;
  return start + std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(ns, kFar)));
}

void TransportLoop::fire_due() {
  if (firing) {
    return;
  }
  firing = true;
  Instant until = queue.next_time() == Instant::never() ? Instant::never() : now();
  bool fired = false;
  for (int left = kFiredInARow; left > 0 && queue.next_time() != Instant::never(); --left) {
    if (queue.next_time() > until) {
      if (!fired) {
        break;
      }
      until = now();
      fired = false;
    } else {
      queue.fire_next();
      fired = true;
    }
  }
  firing = false;
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
  loop_->run();
  loop_->drop_connections();
  loop_->bury();
}

void Transport::stop() {
  loop_->events.inject([loop = loop_.get()] { loop->begin_stop(); });
}

void Transport::inject(std::function<void()> function) {
  loop_->events.inject(std::move(function));
}

Instant Transport::now() const { return loop_->now(); }
double Transport::speed() const { return loop_->options.speed; }
void Transport::schedule(runtime::TimerNode& node, Instant at) { loop_->queue.schedule(node, at); }
void Transport::set_listening(bool on) { loop_->set_listening(on); }
void Transport::cancel(runtime::TimerNode& node) { loop_->queue.cancel(node); }
std::uint64_t Transport::open_connections() const { return loop_->connections.size(); }
std::uint64_t Transport::accepted_connections() const { return loop_->accepted; }
std::uint64_t Transport::held_back() const { return loop_->held_back; }

void Transport::post(const std::string& address, std::uint16_t port, const wire::Request& request) {
  if (loop_->stopping) {
    return;
  }
  std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\n";
  bytes += request.headers.text() +
           "connection: close\r\ncontent-length: " + std::to_string(request.body.size()) +
           "\r\n\r\n" + request.body;
  if (!loop_->poster) {
    loop_->poster = std::make_unique<Poster>();
  }
  loop_->poster->post(address, port, std::move(bytes));
}

std::int64_t Transport::wall_seconds() const {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace rehearse::server
