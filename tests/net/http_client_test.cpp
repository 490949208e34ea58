#include "harness/net/http_client.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>

#include "harness/runtime/task_group.hpp"
#include "tests/net/raw_server.hpp"

using namespace rehearse;
using namespace rehearse::net;
using namespace rehearse::literals;
using provider::Failure;
using runtime::StopToken;
using runtime::Task;
using test::RawConnection;
using test::RawServer;

namespace {

struct Collected final : ResponseSink {
  void on_head(int the_status, const wire::Headers& the_headers) override {
    status = the_status;
    headers = the_headers;
    body.clear();
  }
  bool on_body(std::string_view bytes) override {
    body += bytes;
    if (on_bytes) {
      on_bytes();
    }
    return !refuse;
  }
  int status = 0;
  wire::Headers headers;
  std::string body;
  std::function<void()> on_bytes;
  bool refuse = false;
};

ClientRequest get(const RawServer& server, std::string_view path = "/") {
  const auto url = parse_url(server.url());
  wire::Request request;
  request.target = path;
  return ClientRequest::make(url->origin, request);
}

struct Got {
  Exchange exchange;
  Collected sink;
};

Task<void> one(HttpClient& client, const ClientRequest& request, StopToken stop, Got& got) {
  got.exchange = co_await client.exchange(request, got.sink, stop);
}

Got fetch(AsioRuntime& runtime, HttpClient& client, const ClientRequest& request) {
  Got got;
  runtime.run(one(client, request, StopToken(), got));
  return got;
}

Got fetch(const RawServer& server, ClientOptions options = {}) {
  AsioRuntime runtime;
  HttpClient client(runtime, options);
  return fetch(runtime, client, get(server));
}

RawServer::Script says(std::string text) {
  return [text](RawConnection& c) {
    c.request();
    c.send(text);
  };
}

}  // namespace

TEST_CASE("an answer is read whatever its framing") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
  for (const std::string& text :
       {head + "Content-Length: 5\r\n\r\nhello",
        head + "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: t\r\n\r\n",
        head + "\r\nhello",  // ends with its connection
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + head +
            "Content-Length: 5\r\n\r\nhello",
        std::string("HTTP/1.0 200 \r\nContent-Type: text/plain\r\n\r\nhello")}) {
    INFO(text);
    const RawServer server(says(text));
    const Got got = fetch(server);
    CHECK(got.exchange.failure == Failure::None);
    CHECK(got.exchange.status == 200);
    CHECK(got.sink.body == "hello");
    CHECK(got.sink.headers.get("content-type") == "text/plain");
    CHECK(got.exchange.issued <= got.exchange.first_byte);
    CHECK(got.exchange.first_byte <= got.exchange.done);
  }
}

TEST_CASE("an answer in single bytes reads the same") {
  const RawServer server([](RawConnection& c) {
    c.request();
    for (const char byte : std::string("HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n"
                                       "5\r\nhello\r\n0\r\n\r\n")) {
      c.send(std::string(1, byte));
    }
    c.request();
  });
  const Got got = fetch(server);
  CHECK(got.exchange.failure == Failure::None);
  CHECK(got.exchange.status == 201);
  CHECK(got.sink.body == "hello");
}

TEST_CASE("a broken answer is a failure of its own kind") {
  struct Case {
    std::string text;
    Failure failure;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const Case& c : std::vector<Case>{
           {"", Failure::ConnectionReset},
           {"HTTP/1.1 200 O", Failure::Truncated},
           {ok + "Content-Length: 9\r\n\r\nhello", Failure::Truncated},
           {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", Failure::Truncated},
           {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Failure::Truncated},
           {ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", Failure::Malformed},
           {ok + "Content-Length: -1\r\n\r\n", Failure::Malformed},
           {ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", Failure::Malformed},
           {"SSH-2.0-OpenSSH_9.2\r\n", Failure::Malformed},
           {"HTTP/1.1 two OK\r\n\r\n", Failure::Malformed},
           {std::string("\0\1\2\3\r\n\r\n", 8), Failure::Malformed},
           {ok + "X: " + std::string(70'000, 'x') + "\r\n\r\n", Failure::Malformed}}) {
    INFO(c.text.substr(0, 80));
    const RawServer server(says(c.text));
    const Got got = fetch(server);
    CHECK(got.exchange.failure == c.failure);
    CHECK_FALSE(got.exchange.detail.empty());
    CHECK(got.exchange.answered == !c.text.empty());
  }
}

TEST_CASE("a reset is told from an early end") {
  const RawServer before([](RawConnection& c) {
    c.request();
    c.reset();
  });
  CHECK(fetch(before).exchange.failure == Failure::ConnectionReset);
  CHECK_FALSE(fetch(before).exchange.answered);
}

TEST_CASE("a reset inside the body keeps what came before") {
  std::mutex mutex;
  std::condition_variable changed;
  bool seen = false;
  const RawServer server([&](RawConnection& c) {
    c.request();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return seen; });
    c.reset();
  });
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  Got got;
  got.sink.on_bytes = [&] {
    const std::lock_guard lock(mutex);
    seen = true;
    changed.notify_all();
  };
  const ClientRequest request = get(server);
  runtime.run(one(client, request, StopToken(), got));
  CHECK(got.exchange.failure == Failure::ConnectionReset);
  CHECK(got.exchange.answered);
  CHECK(got.sink.body == "hello");
}

TEST_CASE("a server that closed its sending side after the answer is not used again") {
  const RawServer server([](RawConnection& c) {
    c.request();
    c.answer("one");
    c.half_close();
    c.drain();
  });
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  const ClientRequest request = get(server);
  for (int i = 0; i < 3; ++i) {
    const Got got = fetch(runtime, client, request);
    CHECK(got.exchange.failure == Failure::None);
    CHECK(got.sink.body == "one");
  }
}

TEST_CASE("a connection is kept and used again, unless one side does not want to") {
  const RawServer server([](RawConnection& c) {
    for (std::string request = c.request(); !request.empty(); request = c.request()) {
      if (request.starts_with("GET /last")) {
        c.answer("bye", "Connection: close\r\n");
        return;
      }
      c.answer("again");
    }
  });
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  for (int i = 0; i < 5; ++i) {
    const Got got = fetch(runtime, client, get(server));
    CHECK(got.sink.body == "again");
    CHECK(got.exchange.reused == (i > 0));
  }
  CHECK(client.connections().opened == 1);
  ClientRequest fresh = get(server);
  fresh.new_connection = true;
  CHECK_FALSE(fetch(runtime, client, fresh).exchange.reused);
  CHECK(client.connections().opened == 2);
  CHECK(client.connections().idle == 2);
  CHECK(fetch(runtime, client, get(server, "/last")).sink.body == "bye");
  CHECK(client.connections().idle == 1);
}

TEST_CASE("a kept connection that dies without a byte is replaced once") {
  // The first connection answers one request, takes the next and dies.
  const RawServer server({[](RawConnection& c) {
                            c.request();
                            c.answer("first");
                            c.request();
                          },
                          [](RawConnection& c) {
                            c.request();
                            c.answer("second");
                            c.request();
                          }});
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  const ClientRequest request = get(server);
  CHECK(fetch(runtime, client, request).sink.body == "first");
  const Got got = fetch(runtime, client, request);
  CHECK(got.exchange.failure == Failure::None);
  CHECK(got.sink.body == "second");
  CHECK_FALSE(got.exchange.reused);
  CHECK(client.connections().resent == 1);
}

TEST_CASE("a kept connection that dies inside an answer is not asked again") {
  const RawServer server([](RawConnection& c) {
    c.request();
    c.answer("first");
    c.request();
    c.send("HTTP/1.1 200 OK\r\nContent-Le");
  });
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  const ClientRequest request = get(server);
  CHECK(fetch(runtime, client, request).sink.body == "first");
  CHECK(fetch(runtime, client, request).exchange.failure == Failure::Truncated);
  CHECK(server.accepted() == 1);
}

TEST_CASE("a body past the limit is refused, one at the limit is not") {
  const RawServer server([](RawConnection& c) {
    c.request();
    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 10; ++i) {
      c.send("3e8\r\n" + std::string(1000, 'x') + "\r\n");
    }
    c.send("0\r\n\r\n");
    c.drain();
  });
  ClientOptions options;
  options.limits.body_bytes = 10'000;
  CHECK(fetch(server, options).sink.body.size() == 10'000);
  options.limits.body_bytes = 9'999;
  CHECK(fetch(server, options).exchange.failure == Failure::Malformed);
}

TEST_CASE("a large body goes both ways") {
  const RawServer server([](RawConnection& c) {
    const std::string request = c.request();
    c.answer(request.substr(request.find("\r\n\r\n") + 4));
    c.request();
  });
  const auto url = parse_url(server.url());
  std::string body(3'000'000, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) {
    body[i] = static_cast<char>(i * 7 + i / 251);
  }
  const ClientRequest request =
      ClientRequest::make(url->origin, wire::Request{"POST", "/", {}, body});
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  CHECK(fetch(runtime, client, request).sink.body == body);
}

TEST_CASE("a sink that has seen enough ends the exchange") {
  const RawServer server(says("HTTP/1.1 200 OK\r\n\r\nhello"));
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  Got got;
  got.sink.refuse = true;
  const ClientRequest request = get(server);
  runtime.run(one(client, request, StopToken(), got));
  CHECK(got.exchange.failure == Failure::Malformed);
  CHECK(client.connections().idle == 0);
}

TEST_CASE("nobody listens: refused, with the address") {
  std::string url;
  {
    const RawServer server(says(""));
    url = server.url();
  }
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  const ClientRequest request = ClientRequest::make(parse_url(url)->origin, wire::Request());
  const Got got = fetch(runtime, client, request);
  CHECK(got.exchange.failure == Failure::ConnectionRefused);
  CHECK(got.exchange.detail.find("127.0.0.1") != std::string::npos);
  CHECK(got.exchange.first_byte == got.exchange.done);
}

TEST_CASE("without leave, nothing but the loopback is connected to") {
  for (const std::string url :
       {"http://192.0.2.1", "http://[2001:db8::1]:81", "http://[::ffff:192.0.2.1]",
        "http://0.0.0.0:1", "https://10.0.0.1"}) {
    INFO(url);
    AsioRuntime runtime;
    HttpClient client(runtime, {});
    const ClientRequest request = ClientRequest::make(parse_url(url)->origin, wire::Request());
    const Got got = fetch(runtime, client, request);
    CHECK(got.exchange.failure == Failure::ConnectionRefused);
    CHECK(got.exchange.detail.find("live") != std::string::npos);
  }
}

TEST_CASE("a name is resolved, and localhost is this machine") {
  const RawServer server([](RawConnection& c) {
    const std::string request = c.request();
    c.answer(request.substr(0, request.find("\r\n\r\n")));
  });
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  const Origin origin{false, "localhost", server.port()};
  const Got got = fetch(runtime, client, ClientRequest::make(origin, wire::Request()));
  CHECK(got.sink.body == "GET / HTTP/1.1\r\nHost: localhost:" + std::to_string(server.port()));
}

namespace {
Task<void> stop_when_it_waits(HttpClient& client, const ClientRequest& request,
                              AsioRuntime& runtime, runtime::StopSource& source, Got& got) {
  runtime::TaskGroup group(runtime);
  group.spawn(one(client, request, source.token(), got));
  co_await runtime.sleep(20_ms);
  source.request_stop();
  co_await group.join();
}
}  // namespace

TEST_CASE("a stopped exchange ends at once and its connection is closed") {
  std::atomic<bool> closed = false;
  const RawServer server([&](RawConnection& c) {
    c.request();
    c.drain();  // never answers; returns when the client closes
    closed = true;
  });
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  runtime::StopSource source;
  Got got;
  const ClientRequest request = get(server);
  runtime.run(stop_when_it_waits(client, request, runtime, source, got));
  CHECK(got.exchange.failure == Failure::Cancelled);
  CHECK(client.connections().idle == 0);
  Got late;
  runtime.run(one(client, request, source.token(), late));
  CHECK(late.exchange.failure == Failure::Cancelled);
  while (!closed) {  // hangs, and so fails, where the connection stayed open
    std::this_thread::yield();
  }
}

namespace {
Task<void> many(HttpClient& client, const ClientRequest& request, AsioRuntime& runtime,
                std::vector<Got>& got) {
  runtime::TaskGroup group(runtime);
  for (Got& each : got) {
    group.spawn(one(client, request, StopToken(), each));
  }
  co_await group.join();
}
}  // namespace

TEST_CASE("many exchanges side by side do not mix") {
  const RawServer server([](RawConnection& c) {
    for (std::string request = c.request(); !request.empty(); request = c.request()) {
      c.answer("x");
    }
  });
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  const ClientRequest request = get(server);
  for (int round = 0; round < 2; ++round) {
    std::vector<Got> got(40);
    runtime.run(many(client, request, runtime, got));
    for (const Got& each : got) {
      CHECK(each.exchange.failure == Failure::None);
      CHECK(each.sink.body == "x");
    }
  }
  CHECK(client.connections().opened == 40);
  CHECK(client.connections().reused == 40);
}
