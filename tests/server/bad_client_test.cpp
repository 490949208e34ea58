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
const std::string kStream = kChat.substr(0, kChat.size() - 1) + R"(,"stream":true})";

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

TEST_CASE("a client that has finished sending hears its stream to the end") {
  const auto server = start(options());
  RawClient client(*server);
  client.send(request("POST", "/v1/chat/completions", kStream));
  client.finish_sending();
  CHECK_THAT(client.to_end(), Catch::Contains("data: [DONE]"));
  expect_empty(*server);
  CHECK(server->stats().abandoned == 0);
}

TEST_CASE("requests that came together before a FIN are all answered") {
  const auto server = start(options());
  for (const std::string tail : {"", "POST /v1/chat"}) {
    CAPTURE(tail);
    RawClient client(*server);
    const std::string one = request("POST", "/v1/chat/completions", kChat);
    client.send(one + one + one + tail);
    client.finish_sending();
    for (int i = 0; i < 3; ++i) {
      CHECK(client.answer().status == 200);
    }
    CHECK(client.to_end().empty());
  }
  expect_empty(*server);
  CHECK(server->stats().calls == 6);
}

TEST_CASE("a client that leaves in mid-stream frees its slot, keeps its bill and delays nobody") {
  const auto server = start(options(1));
  const std::string body = R"({"model":"llama3.1:8b","prompt":"Hi","options":{"num_predict":400}})";
  RawClient leaves(*server);
  leaves.send(request("POST", "/api/generate", body));
  leaves.until("\"response\"");
  leaves.close();
  wait_for(*server, [](const Stats& s) { return s.abandoned == 1; });
  const Stats stats = server->stats();
  CHECK(stats.in_service == 0);
  REQUIRE(stats.bill_rows.size() == 1);
  CHECK(stats.bill_rows[0].calls == 1);
  CHECK(stats.bill_rows[0].usage.output_tokens > 1);  // all that was planned
  CHECK(call(*server, "POST", "/v1/chat/completions", kChat).status == 200);
}

TEST_CASE("a client that asks and asks and reads nothing is held at a bound") {
  const auto server = start(options());
  constexpr int kAsked = 20'000;
  RawClient greedy(*server);
  std::thread sender([&greedy] {
    const std::string one = request("GET", "/v1/models");
    for (int i = 0; i < kAsked; ++i) {
      greedy.send(one);
    }
  });
  // Until the server has stopped taking requests of it, and still serves everybody else.
  for (std::uint64_t before = 0, taken = 1; taken != before;) {
    CHECK(call(*server, "POST", "/v1/chat/completions", kChat).status == 200);
    before = server->stats().requests;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    taken = server->stats().requests;
  }
  CHECK(server->stats().requests < kAsked);
  CHECK(server->stats().pace.held_back > 0);
  int answered = 0;
  while (answered < kAsked && greedy.answer().status == 200) {
    ++answered;
  }
  sender.join();
  CHECK(answered == kAsked);
  greedy.close();
  expect_empty(*server);
}

TEST_CASE("a client that never reads its answer is let go in the end") {
  auto hasty = options();
  hasty.slow_sender = Duration::milliseconds(50);
  const auto server = start(std::move(hasty));
  RawClient deaf(*server);
  deaf.send(request("POST", "/v1/images/generations",
                    R"({"model":"dall-e-3","prompt":"bees","size":"1792x1024",)"
                    R"("response_format":"b64_json"})"));
  wait_for(*server, [](const Stats& s) { return s.answered == 1; });
  expect_empty(*server);  // though it never hung up
  CHECK(call(*server, "POST", "/v1/chat/completions", kChat).status == 200);
}

TEST_CASE("a large answer comes whole to a slow reader") {
  const auto server = start(options());
  const std::string body =
      R"({"model":"dall-e-3","prompt":"bees","size":"1792x1024","response_format":"b64_json"})";
  const std::string whole = call(*server, "POST", "/v1/images/generations", body).body;
  RawClient slow(*server);
  const std::string one = request("POST", "/v1/images/generations", body);
  slow.send(one + one);
  wait_for(*server, [](const Stats& s) { return s.pace.held_back > 0; });
  CHECK(slow.answer().body.size() == whole.size());
  CHECK(slow.answer().body.size() == whole.size());
}

TEST_CASE("whoever opens and closes connections all the time leaves nothing behind") {
  const auto server = start(options());
  const std::string bad[] = {"", "\x16\x03\x01", "GET / HTTP/1.1\r\n",
                             request("POST", "/v1/chat/completions", kStream),
                             "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"};
  for (std::size_t i = 0; i < 2'000; ++i) {
    RawClient client(*server);
    client.send(bad[i % std::size(bad)]);
    if (i % 3 == 0) {
      client.finish_sending();
    }
  }
  CHECK(call(*server, "POST", "/v1/chat/completions", kChat).status == 200);
  expect_empty(*server);
}

TEST_CASE("thousands of small headers are as much too much as a large one") {
  const auto server = start(options());
  std::string head = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 30'000; ++i) {
    head.append("x").append(std::to_string(i)).append(": y\r\n");
  }
  RawClient client(*server);
  client.send(head + "\r\n");
  CHECK(client.answer().status == 431);
  client.close();
  expect_empty(*server);
}
