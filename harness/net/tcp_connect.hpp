#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/net/connector.hpp"
#include "harness/net/use_task.hpp"

// What the transports share; includes Asio, so only they include it.
namespace rehearse::net {

using Tcp = boost::asio::ip::tcp;
using TcpSocket = boost::asio::basic_stream_socket<Tcp, boost::asio::io_context::executor_type>;

// Names to addresses; an answer is kept for a minute of wall time.
class AddressBook {
 public:
  struct Answer {
    std::vector<Tcp::endpoint> endpoints;
    boost::system::error_code error;
  };
  explicit AddressBook(AsioRuntime& runtime) : runtime_(runtime) {}
  // A stop ends the wait at once, even though the system's resolver cannot be interrupted.
  runtime::Task<Answer> find(const Origin& origin, runtime::StopToken stop);

 private:
  using Clock = std::chrono::steady_clock;
  AsioRuntime& runtime_;
  std::map<std::pair<std::string, std::uint16_t>, std::pair<Clock::time_point, Answer>> known_;
};

struct TcpConnected {
  std::optional<TcpSocket> socket;  // nothing: see `failed`
  Connected failed;                 // its phases are set either way
};

// Resolves, checks the loopback rule, connects to the first address that answers.
runtime::Task<TcpConnected> connect_tcp(AsioRuntime& runtime, AddressBook& book,
                                        const Origin& origin, bool allow_remote,
                                        runtime::StopToken stop);

// What an error of a read or write means.
IoStatus status_of(const boost::system::error_code& ec);
// Whether nothing (no end, no byte) has come on an idle socket. `bytes_are_fine`: TLS may have
// session tickets waiting.
bool quiet(TcpSocket& socket, bool bytes_are_fine);

std::unique_ptr<Stream> make_plain_stream(AsioRuntime& runtime, TcpSocket socket);

// The TLS side: one context for all connections, made when the first is opened.
class TlsContext;
struct TlsContextDeleter {
  void operator()(TlsContext* context) const;
};
using TlsContextPtr = std::unique_ptr<TlsContext, TlsContextDeleter>;
TlsContextPtr make_tls_context(const std::string& extra_ca_file);
// Shakes hands over `tcp`, whose phases are kept.
runtime::Task<Connected> start_tls(AsioRuntime& runtime, TlsContext& context, TcpConnected tcp,
                                   const Origin& origin, runtime::StopToken stop);

}  // namespace rehearse::net
