#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;

namespace {

const std::string kChat =
    R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello."}],"max_tokens":3})";

template <typename Condition>
void wait_for(const MockServer& server, Condition condition) {
  while (!condition(server.stats())) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

// Nobody is left inside: no connection, no slot, no place in a queue.
void expect_empty(const MockServer& server) {
  wait_for(server, [](const Stats& s) { return s.open_connections == 0; });
  const Stats stats = server.stats();
  CHECK(stats.in_service == 0);
  CHECK(stats.queued == 0);
}

}  // namespace

TEST_CASE("bodies that are cut off leave nothing behind, and nobody is answered for them") {
  const auto server = start(options());
  const std::string whole = request("POST", "/v1/chat/completions", kChat);
  for (std::size_t cut = 1; cut < whole.size(); cut += 7) {
    RawClient client(*server);
    client.send(std::string_view(whole).substr(0, cut));
    if (cut % 2 == 0) {
      client.finish_sending();
      CHECK(client.to_end().empty());
    }
    client.close();
  }
  CHECK(call(*server, "POST", "/v1/chat/completions", kChat).status == 200);
  expect_empty(*server);
  CHECK(server->stats().calls == 1);
}

TEST_CASE("25 MB in one body are taken, and the clock of the call starts when they are there") {
  const auto server = start(options());
  const std::string upload(25'000'000, 'x');
  RawClient client(*server);
  client.send(
      "POST /backend/upload HTTP/1.1\r\nhost: a\r\ncontent-type: image/png\r\n"
      "content-length: 25000000\r\n\r\n");
  client.send(std::string_view(upload).substr(0, 12'000'000));
  wait_for(*server, [](const Stats& s) { return s.open_connections == 1; });
  CHECK(server->stats().in_service == 0);  // not yet a call
  client.send(std::string_view(upload).substr(12'000'000));
  CHECK(client.answer().status == 200);
  CHECK(server->stats().usage.bytes == 25'000'000);
  client.close();
  expect_empty(*server);
}

TEST_CASE("senders that dawdle keep nobody else waiting") {
  const auto server = start(options());
  std::vector<RawClient> slow;
  for (int i = 0; i < 200; ++i) {
    slow.emplace_back(*server);
    slow.back().send("POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 100\r\n\r\n{");
  }
  for (int i = 0; i < 20; ++i) {
    CHECK(call(*server, "POST", "/v1/chat/completions", kChat).status == 200);
  }
  CHECK(server->stats().open_connections >= 200);
  slow.clear();
  expect_empty(*server);
}

TEST_CASE("smuggled, doubled and nonsensical requests are refused one by one") {
  const auto server = start(options());
  for (const std::string bad :
       {"POST / HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        "POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", "\r\n\r\n\r\n\x01\x02",
        "GET / HTTP/1.1\r\n: no name\r\n\r\n", "G\x01T / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n"}) {
    CAPTURE(bad);
    RawClient client(*server);
    client.send(bad);
    client.finish_sending();
    const auto answer = client.answer();
    CHECK((answer.status == 400 || answer.status == 413 || answer.status == 0));
  }
  CHECK(call(*server, "POST", "/v1/chat/completions", kChat).status == 200);
  expect_empty(*server);
}

TEST_CASE("10,000 idle connections are held, disturb nobody and are let go") {
  // Both ends are in this process: as many as its file descriptors allow.
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 21'000);
  ::setrlimit(RLIMIT_NOFILE, &files);
  const auto most = static_cast<std::size_t>(std::min<rlim_t>(10'000, (files.rlim_cur - 500) / 2));
  const auto server = start(options());
  std::vector<std::unique_ptr<RawClient>> idle;
  for (std::size_t i = 0; i < most; ++i) {
    idle.push_back(std::make_unique<RawClient>(*server));
  }
  wait_for(*server, [most](const Stats& s) { return s.open_connections == most; });
  for (int i = 0; i < 20; ++i) {
    CHECK(call(*server, "POST", "/v1/chat/completions", kChat).status == 200);
  }
  idle.front()->send(request("GET", "/__rehearse/health"));
  CHECK(idle.front()->answer().status == 200);
  idle.clear();
  expect_empty(*server);
}
