#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "mocks/server/transport_loop.hpp"

// Requests that the server makes itself: webhooks.
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

  Tcp socket;
  asio::basic_waitable_timer<WallClock, asio::wait_traits<WallClock>,
                             asio::io_context::executor_type>
      timer;
  std::string bytes;
  std::string answer;
  std::size_t read = 0;
};

}  // namespace

void Transport::post(const std::string& address, std::uint16_t port, const wire::Request& request) {
  std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\n";
  for (const wire::Header& header : request.headers.all()) {
    bytes += header.name + ": " + header.value + "\r\n";
  }
  bytes += "connection: close\r\ncontent-length: " + std::to_string(request.body.size()) +
           "\r\n\r\n" + request.body;
  ErrorCode ec;
  const auto to = asio::ip::make_address(address, ec);
  if (!ec && !loop_->stopping) {
    std::make_shared<Posting>(loop_->io, std::move(bytes))->start({to, port});
  }
}

std::int64_t Transport::wall_seconds() const {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace rehearse::server
