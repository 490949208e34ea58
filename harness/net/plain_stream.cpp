#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "harness/net/tcp_connect.hpp"

namespace rehearse::net {
namespace {

using runtime::StopToken;
using runtime::Task;

class PlainStream final : public Stream {
 public:
  PlainStream(AsioRuntime& runtime, TcpSocket socket)
      : runtime_(runtime), socket_(std::move(socket)) {}

  Task<IoResult> read_some(std::span<char> into, StopToken stop) override {
    const auto buffer = boost::asio::buffer(into.data(), into.size());
    auto [ec, n] = co_await socket_.async_read_some(buffer, use_task(runtime_, stop));
    IoResult result;
    result.status = status_of(ec);
    result.bytes = n;
    co_return result;
  }

  Task<IoResult> write_all(std::string_view bytes, StopToken stop) override {
    const auto buffer = boost::asio::buffer(bytes.data(), bytes.size());
    auto [ec, n] = co_await boost::asio::async_write(socket_, buffer, use_task(runtime_, stop));
    IoResult result;
    result.status = status_of(ec);
    result.bytes = n;
    co_return result;
  }

  bool usable() override { return quiet(socket_, false); }

 private:
  AsioRuntime& runtime_;
  TcpSocket socket_;
};

}  // namespace

std::unique_ptr<Stream> make_plain_stream(AsioRuntime& runtime, TcpSocket socket) {
  return std::make_unique<PlainStream>(runtime, std::move(socket));
}

}  // namespace rehearse::net
