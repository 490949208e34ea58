#include <catch2/catch.hpp>

#include "harness/net/http_client.hpp"
#include "harness/runtime/task_group.hpp"
#include "tests/net/tls_server.hpp"

using namespace rehearse;
using namespace rehearse::net;
using namespace rehearse::literals;
using provider::Failure;
using runtime::StopToken;
using runtime::Task;
using test::RawConnection;
using test::RawServer;
using test::TestCa;

namespace {

struct Body final : ResponseSink {
  void on_head(int, const wire::Headers&) override {}
  bool on_body(std::string_view bytes) override {
    text += bytes;
    return true;
  }
  std::string text;
};

Task<void> one(HttpClient& client, const ClientRequest& request, Body& body, StopToken stop,
               Exchange& exchange) {
  exchange = co_await client.exchange(request, body, stop);
}

struct Got {
  Exchange exchange;
  std::string body;
};

Got fetch(AsioRuntime& runtime, HttpClient& client, const std::string& host, const RawServer& s) {
  const ClientRequest request = ClientRequest::make(Origin{true, host, s.port()}, wire::Request());
  Got got;
  Body body;
  runtime.run(one(client, request, body, StopToken(), got.exchange));
  got.body = body.text;
  return got;
}

Got fetch(const std::string& ca_file, const std::string& host, const RawServer& server) {
  AsioRuntime runtime;
  ClientOptions options;
  options.connect.extra_ca_file = ca_file;
  HttpClient client(runtime, options);
  return fetch(runtime, client, host, server);
}

const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

}  // namespace

TEST_CASE("a server whose certificate fits is trusted, by name and by address") {
  const TestCa ca;
  const RawServer server(test::tls_says(ca.server("DNS:localhost,IP:127.0.0.1"), kAnswer));
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    const Got got = fetch(ca.file(), host, server);
    CHECK(got.exchange.detail == "");
    CHECK(got.exchange.failure == Failure::None);
    CHECK(got.body == "hello");
    CHECK(got.exchange.phases.tls > Duration::zero());
  }
}

TEST_CASE("the server is told by which name it was called, and the connection is kept") {
  const TestCa ca;
  const RawServer server(test::tls_tells_name(ca.server("DNS:localhost,IP:127.0.0.1")));
  AsioRuntime runtime;
  ClientOptions options;
  options.connect.extra_ca_file = ca.file();
  HttpClient client(runtime, options);
  CHECK(fetch(runtime, client, "localhost", server).body == "localhost");
  const Got again = fetch(runtime, client, "localhost", server);
  CHECK(again.exchange.reused);
  CHECK(again.exchange.phases.tls == Duration::zero());
  CHECK(fetch(runtime, client, "127.0.0.1", server).body.empty());  // an address is no name
  CHECK(client.connections().opened == 2);
}

TEST_CASE("a certificate for another host, of an unknown authority or out of date is refused") {
  const TestCa ca;
  const TestCa other;
  struct Case {
    std::shared_ptr<SSL_CTX> context;
    std::string ca_file;
  };
  for (const Case& c : std::vector<Case>{{ca.server("DNS:example.com"), ca.file()},
                                         {ca.server("IP:127.0.0.2"), ca.file()},
                                         {ca.server("DNS:*.localhost"), ca.file()},
                                         {ca.server("DNS:localhost"), other.file()},
                                         {ca.server("DNS:localhost"), ""},
                                         {ca.server("DNS:localhost", -10), ca.file()},
                                         {ca.server("DNS:localhost", 10), ca.file()},
                                         {ca.server("DNS:localhost"), "/no/such/file"}}) {
    const RawServer server(test::tls_says(c.context, kAnswer));
    const Got got = fetch(c.ca_file, "localhost", server);
    CHECK(got.exchange.failure == Failure::TlsFailed);
    CHECK(got.exchange.status == 0);
    CHECK(got.body.empty());
    CHECK_FALSE(got.exchange.detail.empty());
    CHECK(got.exchange.detail.find('\n') == std::string::npos);
  }
}

TEST_CASE("a server that speaks no TLS, or hangs up in the handshake, fails as TLS") {
  const RawServer plain([](RawConnection& c) { c.send(kAnswer); });
  CHECK(fetch("", "localhost", plain).exchange.failure == Failure::TlsFailed);
  const RawServer gone([](RawConnection& c) { c.close(); });
  CHECK(fetch("", "localhost", gone).exchange.failure == Failure::TlsFailed);
}

TEST_CASE("a body that ends with its connection is whole only where TLS was closed in order") {
  const TestCa ca;
  const std::string answer = "HTTP/1.1 200 OK\r\n\r\nhello";
  const RawServer good(test::tls_says(ca.server("DNS:localhost"), answer, true));
  CHECK(fetch(ca.file(), "localhost", good).exchange.failure == Failure::None);
  const RawServer cut(test::tls_says(ca.server("DNS:localhost"), answer, false));
  CHECK(fetch(ca.file(), "localhost", cut).exchange.failure == Failure::ConnectionReset);
}

namespace {
Task<void> stop_in_handshake(HttpClient& client, const ClientRequest& request, AsioRuntime& runtime,
                             Body& body, Exchange& exchange) {
  runtime::StopSource source;
  runtime::TaskGroup group(runtime);
  group.spawn(one(client, request, body, source.token(), exchange));
  co_await runtime.sleep(20_ms);
  source.request_stop();
  co_await group.join();
}
}  // namespace

TEST_CASE("a stop in the middle of a handshake ends it") {
  const RawServer silent([](RawConnection& c) { c.drain(); });
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  const ClientRequest request =
      ClientRequest::make(Origin{true, "127.0.0.1", silent.port()}, wire::Request());
  Body body;
  Exchange exchange;
  runtime.run(stop_in_handshake(client, request, runtime, body, exchange));
  CHECK(exchange.failure == Failure::Cancelled);
}
