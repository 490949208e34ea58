#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "harness/net/tcp_connect.hpp"

namespace rehearse::net {

namespace ssl = boost::asio::ssl;
using provider::Failure;
using runtime::StopToken;
using runtime::Task;

class TlsContext {
 public:
  explicit TlsContext(const std::string& extra_ca_file) {
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    boost::system::error_code ec;
    context.set_default_verify_paths(ec);
    if (!ec && !extra_ca_file.empty()) {
      context.load_verify_file(extra_ca_file, ec);
    }
    if (ec) {
      problem = "cannot read certificate authorities" +
                (extra_ca_file.empty() ? std::string() : " of " + extra_ca_file) + ": " +
                ec.message();
    }
    context.set_verify_mode(ssl::verify_peer, ec);
  }
  ssl::context context{ssl::context::tls_client};
  std::string problem;
};

void TlsContextDeleter::operator()(TlsContext* context) const { delete context; }

TlsContextPtr make_tls_context(const std::string& extra_ca_file) {
  return TlsContextPtr(new TlsContext(extra_ca_file));
}

namespace {

class TlsStream final : public Stream {
 public:
  TlsStream(AsioRuntime& runtime, TcpSocket socket, ssl::context& context)
      : runtime_(runtime), stream_(std::move(socket), context) {}

  ssl::stream<TcpSocket>& stream() { return stream_; }

  Task<IoResult> read_some(std::span<char> into, StopToken stop) override {
    const auto buffer = boost::asio::buffer(into.data(), into.size());
    auto [ec, n] = co_await stream_.async_read_some(buffer, use_task(runtime_, stop));
    IoResult result;
    // A close without close_notify is stream_truncated, so Broken: nobody can tell it from a cut.
    result.status = status_of(ec);
    result.bytes = n;
    co_return result;
  }

  Task<IoResult> write_all(std::string_view bytes, StopToken stop) override {
    const auto buffer = boost::asio::buffer(bytes.data(), bytes.size());
    auto [ec, n] = co_await boost::asio::async_write(stream_, buffer, use_task(runtime_, stop));
    IoResult result;
    result.status = status_of(ec);
    result.bytes = n;
    co_return result;
  }

  // Waiting bytes may be session tickets: only an end is a sure sign.
  bool usable() override { return quiet(stream_.next_layer(), true); }

 private:
  AsioRuntime& runtime_;
  ssl::stream<TcpSocket> stream_;
};

// Whom the certificate must name; a host name is also told to the server (SNI).
boost::system::error_code expect_host(ssl::stream<TcpSocket>& stream, const std::string& host) {
  boost::system::error_code ec;
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  if (not_an_address) {
    std::string name = host;  // the C interface takes no const
    if (SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 name.data()) != 1) {
      return boost::asio::error::invalid_argument;
    }
  }
  stream.set_verify_callback(ssl::host_name_verification(host), ec);
  return ec;
}

std::string why(ssl::stream<TcpSocket>& stream, const boost::system::error_code& ec) {
  const long verified = SSL_get_verify_result(stream.native_handle());
  std::string text = ec.message();
  if (verified != X509_V_OK) {
    text += std::string(": ") + X509_verify_cert_error_string(verified);
  }
  return text;
}

}  // namespace

Task<Connected> start_tls(AsioRuntime& runtime, TlsContext& context, TcpConnected tcp,
                          const Origin& origin, StopToken stop) {
  Connected result = std::move(tcp.failed);
  result.failure = Failure::TlsFailed;
  if (!context.problem.empty()) {
    result.detail = context.problem;
    co_return result;
  }
  const Instant start = runtime.now();
  auto tls = std::make_unique<TlsStream>(runtime, std::move(*tcp.socket), context.context);
  boost::system::error_code ec = expect_host(tls->stream(), origin.host);
  if (!ec) {
    ssl::stream<TcpSocket>& stream = tls->stream();
    ec = co_await stream.async_handshake(ssl::stream_base::client, use_task(runtime, stop));
  }
  result.phases.tls = runtime.now() - start;
  if (!ec) {
    result.failure = Failure::None;
    result.stream = std::move(tls);
  } else if (ec == boost::asio::error::operation_aborted) {
    result.failure = Failure::Cancelled;
    result.detail = "stopped during the TLS handshake";
  } else {
    result.detail = "TLS with " + origin.authority() + " failed: " + why(tls->stream(), ec);
  }
  co_return result;
}

}  // namespace rehearse::net
