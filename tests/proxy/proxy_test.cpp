#include <atomic>
#include <catch2/catch.hpp>
#include <future>

#include "tests/net/raw_server.hpp"
#include "tests/proxy/support.hpp"

using namespace rehearse;
using record::CallEnd;
using record::RecordedCall;
using test::ProxyUnderTest;
using test::RawClient;
using test::RawConnection;
using test::RawServer;

namespace {

std::string post(std::string_view body, std::string_view head = "",
                 std::string_view path = "/v1/chat/completions") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(head) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string chunk(std::string_view text) {
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  return size + std::string(text) + "\r\n";
}

constexpr char kSseHead[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
    "x-ratelimit-limit-requests: 500\r\nset-cookie: secret=1\r\n\r\n";

std::string delta(std::string_view text) {
  return R"(data: {"choices":[{"index":0,"delta":{"content":")" + std::string(text) + "\"}}]}\n\n";
}

}  // namespace

TEST_CASE("a chunk arrives before the provider has sent the next one") {
  std::promise<void> first_arrived;
  RawServer server([&](RawConnection& connection) {
    connection.request();
    connection.send(kSseHead + chunk(delta("one")));
    first_arrived.get_future().wait();  // deadlocks a proxy that buffers
    connection.send(
        chunk(delta("two")) +
        chunk("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
              "\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":3}}}"
              "\n\ndata: [DONE]\n\n") +
        "0\r\n\r\n");
    connection.drain();
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send(post(R"({"model":"gpt-4o","stream":true,"max_tokens":9})"));
  CHECK(client.until("one").find("200 OK") != std::string::npos);
  first_arrived.set_value();
  CHECK(client.until("0\r\n\r\n").find("two") != std::string::npos);
  const RecordedCall call = proxy.ended(1)[0];
  CHECK(call.end == CallEnd::Answered);
  CHECK(call.model == "gpt-4o");
  CHECK(call.operation == "chat");
  CHECK(call.stream);
  CHECK(call.max_tokens == 9);
  CHECK(call.usage.input_tokens == 7);
  CHECK(call.usage.cached_tokens == 3);
  CHECK(call.usage.output_tokens == 2);
  REQUIRE(call.headers.size() == 1);
  CHECK(call.headers[0].second == "500");
  std::uint32_t contents = 0;
  Duration last;
  for (const record::ReceivedChunk& piece : call.chunks) {
    contents += piece.contents;
    CHECK(piece.at >= last);
    last = piece.at;
  }
  CHECK(contents == 2);
  CHECK(call.chunks.size() >= 2);
  CHECK(call.first_content >= call.first_byte);
  CHECK(call.done >= last);
}

TEST_CASE("25 MB go up whole, and binary comes down unchanged") {
  std::string big(25u << 20, '\0');
  for (std::size_t i = 0; i < big.size(); ++i) {
    big[i] = static_cast<char>(i * 2654435761u >> 13);
  }
  std::atomic<bool> same = false;
  RawServer server([&](RawConnection& connection) {
    const std::string request = connection.request();
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    same = body == big;
    connection.answer(body.substr(0, 3u << 20));
    connection.drain();
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send(post(big, "Connection: close\r\n", "/upload"));
  std::string text;
  client.rest(text);
  CHECK(same);
  CHECK(text.substr(text.find("\r\n\r\n") + 4) == big.substr(0, 3u << 20));
  CHECK(proxy.ended(1)[0].request_bytes > big.size());
}

TEST_CASE("trailers, interim answers, HEAD and 204 pass, and the connection is kept") {
  std::atomic<int> served = 0;
  RawServer server([&](RawConnection& connection) {
    const std::string answers[] = {
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTrailer: x-sum\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 7\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"};
    for (const std::string& answer : answers) {
      connection.request();
      ++served;
      connection.send(answer);
    }
    connection.drain();
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string first = client.until("x-sum: 7\r\n\r\n");
  CHECK(first.find("103 Early Hints") != std::string::npos);
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.until("\r\n\r\n").find("Content-Length: 1000") != std::string::npos);
  client.send("DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.until("\r\n\r\n").find("204") != std::string::npos);
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.until("ok").find("200 OK") != std::string::npos);
  CHECK(served == 4);
  CHECK(server.accepted() == 1);
  CHECK(proxy.ended(4)[3].new_connection == false);
}

TEST_CASE("pipelined requests are answered in their order, one at a time") {
  RawServer server([](RawConnection& connection) {
    for (int i = 0; i < 3; ++i) {
      const std::string request = connection.request();
      connection.answer(request.substr(0, request.find(" HTTP")));
    }
    connection.drain();
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string all = client.until("GET /3");
  CHECK(all.find("GET /1") < all.find("GET /2"));
  CHECK(proxy.ended(3).size() == 3);
}

TEST_CASE("a client that waits for 100 Continue gets the provider's own") {
  RawServer server([](RawConnection& connection) {
    connection.send("HTTP/1.1 100 Continue\r\n\r\n");
    connection.request();
    connection.answer("done");
    connection.drain();
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send("POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  CHECK(client.until("\r\n\r\n").find("100 Continue") != std::string::npos);
  client.send("body");
  CHECK(client.until("done").find("200") != std::string::npos);
}

TEST_CASE("a client that leaves ends its call at the provider") {
  std::promise<void> left;
  RawServer server([&](RawConnection& connection) {
    connection.request();
    connection.drain();  // returns when the proxy closes
    left.set_value();
  });
  ProxyUnderTest proxy(server.url());
  SECTION("in order") {
    RawClient client(proxy.port());
    client.send(post("{}"));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    client.close();
  }
  SECTION("with a reset") {
    RawClient client(proxy.port());
    client.send(post("{}"));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    client.reset();
  }
  CHECK(left.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(proxy.ended(1)[0].end == CallEnd::ClientLeft);
}

TEST_CASE("a client that has only finished sending still gets its answer") {
  RawServer server([](RawConnection& connection) {
    connection.request();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    connection.answer("late");
    connection.drain();
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send(post("{}"));
  client.half_close();
  std::string text;
  CHECK(client.rest(text));
  CHECK(text.find("late") != std::string::npos);
  CHECK(proxy.ended(1)[0].end == CallEnd::Answered);
}

TEST_CASE("a provider that breaks off does so for the client too") {
  bool reset = false;
  SECTION("by a reset") { reset = true; }
  SECTION("by an end before the answer's end") {}
  RawServer server([&](RawConnection& connection) {
    connection.request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    reset ? connection.reset() : connection.close();
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send(post("{}"));
  std::string text;
  CHECK(client.rest(text) == !reset);
  CHECK(text.find("half") != std::string::npos);
  CHECK(proxy.ended(1)[0].end == CallEnd::ConnectionLost);
  CHECK(proxy.ended(1)[0].status == 200);
}

TEST_CASE("a provider that cannot be reached is a 502 in clear words") {
  std::string nobody;
  {
    RawServer gone([](RawConnection&) {});
    nobody = gone.url();
  }
  ProxyUnderTest proxy(nobody);
  RawClient client(proxy.port());
  client.send(post("{}"));
  std::string text;
  client.rest(text);
  CHECK(text.find("502 Bad Gateway") != std::string::npos);
  CHECK(text.find("rehearse record: cannot connect to 127.0.0.1") != std::string::npos);
  const RecordedCall call = proxy.ended(1)[0];
  CHECK(call.end == CallEnd::NoConnection);
  CHECK(call.status == 0);
}

TEST_CASE("what is no request is refused and never reaches the provider") {
  std::atomic<int> reached = 0;
  RawServer server(
      [&](RawConnection& connection) { reached += connection.request().empty() ? 0 : 1; });
  ProxyUnderTest proxy(server.url());
  for (const char* bytes :
       {"nonsense\r\n\r\n", "GET http://elsewhere/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    RawClient client(proxy.port());
    client.send(bytes);
    client.half_close();
    std::string text;
    client.rest(text);
    CAPTURE(bytes);
    CHECK(text.substr(0, 12) == "HTTP/1.1 400");
  }
  RawClient client(proxy.port());
  client.send("GET / HTTP/1.1\r\nx: " + std::string(300'000, 'a') + "\r\n\r\n");
  std::string text;
  client.rest(text);
  CHECK(text.substr(0, 12) == "HTTP/1.1 431");
  CHECK(reached == 0);
}

TEST_CASE("after an upgrade both sides speak freely") {
  RawServer server([](RawConnection& connection) {
    connection.request();
    connection.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\n\r\n\x81\x02hi");
    connection.request();  // the client's own bytes, shaped as a request for this reader
    connection.send(
        "\x81\x03"
        "bye");
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  client.until("hi");
  client.send("free bytes\r\n\r\n");
  CHECK(client.until("bye").find("bye") != std::string::npos);
  const RecordedCall call = proxy.ended(1)[0];
  CHECK(call.status == 101);
}

TEST_CASE("a call under way is told now and then, so that a kill loses little") {
  std::promise<void> seen;
  RawServer server([&](RawConnection& connection) {
    connection.request();
    connection.send(kSseHead + chunk(delta("one")));
    seen.get_future().wait();
    connection.send("0\r\n\r\n");
    connection.drain();
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send(post(R"({"model":"m","stream":true})"));
  client.until("one");
  bool open = false;
  for (int i = 0; i < 1000 && !open; ++i) {
    for (const RecordedCall& call : proxy.told()) {
      open = open || (call.end == CallEnd::Open && !call.chunks.empty());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(open);
  seen.set_value();
  client.until("0\r\n\r\n");
  CHECK(proxy.ended(1)[0].id == 1);
}

TEST_CASE("a stop tells what is still open and leaves nothing behind") {
  RawServer server([](RawConnection& connection) {
    connection.request();
    connection.drain();
  });
  ProxyUnderTest proxy(server.url());
  RawClient client(proxy.port());
  client.send(post("{}"));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  proxy.stop();
  REQUIRE_FALSE(proxy.told().empty());
  CHECK(proxy.told().back().end == CallEnd::Open);
}
