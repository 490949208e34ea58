#include "mocks/server/poster.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace rehearse::server {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::size_t kMostAnswer = 64u << 10;

// One request; it holds itself until the answer ends, an error comes or time is up.
struct Posting : std::enable_shared_from_this<Posting> {
  Posting(asio::io_context& io, std::string b) : socket(io), timer(io), bytes(std::move(b)) {}

  void start(const asio::ip::tcp::endpoint& to) {
    timer.expires_after(std::chrono::seconds(10));
    timer.async_wait([self = shared_from_this()](ErrorCode ec) {
      if (!ec) {
        self->socket.close(ec);
      }
    });
    socket.async_connect(
        to, [self = shared_from_this()](ErrorCode ec) { ec ? self->stop() : self->send(); });
  }
  void send() {
    asio::async_write(socket, asio::buffer(bytes),
                      [self = shared_from_this()](ErrorCode ec, std::size_t) {
                        ec ? self->stop() : self->drain();
                      });
  }
  // The answer is read, so that its sender meets no reset, and thrown away.
  void drain() {
    answer.resize(4096);
    socket.async_read_some(asio::buffer(answer),
                           [self = shared_from_this()](ErrorCode ec, std::size_t count) {
                             self->read += count;
                             ec || self->read > kMostAnswer ? self->stop() : self->drain();
                           });
  }
  void stop() {
    timer.cancel();
    ErrorCode ec;
    socket.close(ec);
  }

  asio::ip::tcp::socket socket;
  asio::steady_timer timer;
  std::string bytes;
  std::string answer;
  std::size_t read = 0;
};

}  // namespace

struct Poster::State {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::thread thread{[this] { io.run(); }};
};

Poster::Poster() : state_(std::make_unique<State>()) {}

Poster::~Poster() {
  state_->io.stop();
  state_->thread.join();
}

void Poster::post(const std::string& address, std::uint16_t port, std::string request) {
  ErrorCode ec;
  const auto to = asio::ip::make_address(address, ec);
  if (!ec) {
    asio::post(state_->io, [&io = state_->io, to, port, bytes = std::move(request)]() mutable {
      std::make_shared<Posting>(io, std::move(bytes))->start({to, port});
    });
  }
}

}  // namespace rehearse::server
