#include <catch2/catch.hpp>
#include <thread>

#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;
using Catch::Contains;

namespace {

const std::string kChat =
    R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello."}],"max_tokens":3})";

// Waits for what the server's own thread does next; a wrong server is found by ctest's time limit.
template <typename Condition>
void wait_for(const MockServer& server, Condition condition) {
  while (!condition(server.stats())) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

TEST_CASE("a connection serves one request after the other") {
  const auto server = start(options());
  RawClient client(*server);
  for (int i = 0; i < 3; ++i) {
    client.send(request("POST", "/v1/chat/completions", kChat));
    const auto answer = client.answer();
    CHECK(answer.status == 200);
    CHECK(answer.headers.at("content-type") == "application/json");
  }
  CHECK(server->stats().accepted_connections == 1);
}

TEST_CASE("requests sent together are answered in their order") {
  const auto server = start(options());
  RawClient client(*server);
  client.send(request("GET", "/v1/models/gpt-4o") + request("POST", "/v1/chat/completions", kChat) +
              request("GET", "/v1/models/dall-e-3"));
  CHECK_THAT(client.answer().body, Contains("\"gpt-4o\""));
  CHECK_THAT(client.answer().body, Contains("chat.completion"));
  CHECK_THAT(client.answer().body, Contains("\"dall-e-3\""));
}

TEST_CASE("a request that arrives byte by byte is understood") {
  const auto server = start(options());
  RawClient client(*server);
  for (const char c : request("POST", "/v1/chat/completions", kChat)) {
    client.send({&c, 1});
  }
  CHECK(client.answer().status == 200);
}

TEST_CASE("a body in chunks is joined") {
  const auto server = start(options());
  RawClient client(*server);
  const std::string first = kChat.substr(0, 10);
  const std::string rest = kChat.substr(10);
  char size[16];
  std::snprintf(size, sizeof size, "%zx", rest.size());
  client.send(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\na\r\n" +
      first + "\r\n" + size + "\r\n" + rest + "\r\n0\r\n\r\n");
  CHECK(client.answer().status == 200);
}

TEST_CASE("a client that expects 100-continue is told to go on") {
  const auto server = start(options());
  RawClient client(*server);
  client.send(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: " +
      std::to_string(kChat.size()) + "\r\n\r\n");
  CHECK(client.until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(kChat);
  CHECK(client.answer().status == 200);
}

TEST_CASE("HEAD is answered with the length and no body") {
  const auto server = start(options());
  RawClient client(*server);
  client.send(request("HEAD", "/__rehearse/health") + request("GET", "/__rehearse/health"));
  const auto head = client.answer(true);
  CHECK(head.headers.at("content-length") == "11");
  CHECK(client.answer().body == R"({"ok":true})");
}

TEST_CASE("a client of HTTP/1.0 gets its stream without chunks, closed at its end") {
  const auto server = start(options());
  RawClient client(*server);
  const std::string body = kChat.substr(0, kChat.size() - 1) + R"(,"stream":true})";
  client.send("POST /v1/chat/completions HTTP/1.0\r\ncontent-length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  const std::string all = client.to_end();
  CHECK_THAT(all, !Contains("transfer-encoding"));
  CHECK_THAT(all, Catch::EndsWith("data: [DONE]\n\n"));
}

TEST_CASE("what is no HTTP is a bad request, and the connection ends") {
  const auto server = start(options());
  for (const std::string garbage :
       {"\x16\x03\x01\x02garbage\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"}) {
    CAPTURE(garbage);
    RawClient client(*server);
    client.send(garbage);
    const auto answer = client.answer();
    CHECK((answer.status == 400 || answer.status == 505));
    CHECK(client.to_end().empty());
  }
}

TEST_CASE("headers past 64 KiB are refused") {
  const auto server = start(options());
  RawClient client(*server);
  client.send("GET / HTTP/1.1\r\nx: " + std::string(70'000, 'a') + "\r\n\r\n");
  CHECK(client.answer().status == 431);
}

TEST_CASE("a body past the limit is refused, announced or not") {
  auto few = options();
  few.max_body = 1000;
  const auto server = start(std::move(few));
  RawClient announced(*server);
  announced.send(request("POST", "/rows", std::string(1001, 'a')));
  CHECK(announced.answer().status == 413);
  RawClient chunked(*server);
  chunked.send("POST /rows HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n" +
               std::string(1001, 'a') + "\r\n0\r\n\r\n");
  CHECK(chunked.answer().status == 413);
  CHECK(call(*server, "POST", "/rows", std::string(1000, 'a')).status == 200);
}

TEST_CASE("a client that has finished sending still gets its answer") {
  const auto server = start(options());
  RawClient client(*server);
  client.send(request("POST", "/v1/chat/completions", kChat));
  client.finish_sending();
  CHECK(client.answer().status == 200);
  CHECK(client.to_end().empty());
}

TEST_CASE("a client that leaves before its answer frees the slot and keeps its bill") {
  auto slow = options(0.001);
  slow.mounts.push_back(mount("gpu", "sdxl-gpu"));
  const auto server = start(std::move(slow));
  const std::string image = R"({"prompt":"bees","model":"consumer"})";
  RawClient leaves(*server);
  leaves.send(request("POST", "/gpu/v1/images/generations", image));
  wait_for(*server, [](const Stats& s) { return s.in_service == 1; });
  RawClient waits(*server);
  waits.send(request("POST", "/gpu/v1/images/generations", image));
  wait_for(*server, [](const Stats& s) { return s.queued == 1; });
  leaves.close();
  wait_for(*server, [](const Stats& s) { return s.abandoned == 1; });
  const Stats stats = server->stats();
  CHECK(stats.in_service == 1);
  CHECK(stats.queued == 0);
  CHECK(stats.usage.images == 1);
}

TEST_CASE("a client that leaves in mid-stream frees the slot") {
  auto one = options(1);
  one.mounts = {mount("ollama", "ollama")};
  const auto server = start(std::move(one));
  RawClient client(*server);
  client.send(request("POST", "/api/generate", R"({"model":"llama3.1:8b","prompt":"Hi"})"));
  client.until("\"response\"");
  CHECK(server->stats().in_service == 1);
  client.close();
  wait_for(*server, [](const Stats& s) { return s.abandoned == 1; });
  CHECK(server->stats().in_service == 0);
}

TEST_CASE("a sender that takes too long is told so") {
  auto hasty = options();
  hasty.slow_sender = Duration::milliseconds(1);
  const auto server = start(std::move(hasty));
  RawClient client(*server);
  client.send("POST /rows HTTP/1.1\r\ncontent-le");
  CHECK(client.answer().status == 408);
  CHECK(client.to_end().empty());
}

TEST_CASE("hundreds of idle connections do not disturb a call") {
  const auto server = start(options());
  std::vector<RawClient> idle;
  for (int i = 0; i < 400; ++i) {
    idle.emplace_back(*server);
  }
  CHECK(call(*server, "POST", "/v1/chat/completions", kChat).status == 200);
  for (RawClient& client : idle) {
    client.send(request("GET", "/__rehearse/health"));
  }
  for (RawClient& client : idle) {
    CHECK(client.answer().status == 200);
  }
}

TEST_CASE("a port in use is one clear error") {
  const auto server = start(options());
  auto second = options();
  second.port =
      static_cast<std::uint16_t>(std::stoi(server->url().substr(server->url().rfind(':') + 1)));
  const auto started = MockServer::start(std::move(second));
  REQUIRE(!started);
  CHECK(started.errors().size() == 1);
  CHECK_THAT(started.error().text(), Contains("in use"));
}

TEST_CASE("other machines are served only where that was asked for") {
  auto open = options();
  open.address = "0.0.0.0";
  CHECK(!MockServer::start(open));
  open.allow_remote = true;
  CHECK(MockServer::start(open).ok());
  open.address = "nowhere";
  CHECK(!MockServer::start(open));
}

TEST_CASE("a server that stops finishes what is under way, and closes idle connections") {
  auto patient = options(1);
  patient.grace = Duration::seconds(20);
  const auto server = start(std::move(patient));
  RawClient idle(*server);
  RawClient busy(*server);
  busy.send(request("GET", "/backend/query"));
  wait_for(*server, [](const Stats& s) { return s.in_service == 1 && s.open_connections == 2; });
  server->stop();
  CHECK(busy.answer().status == 200);
  CHECK(idle.to_end().empty());
}

TEST_CASE("a server that stops does not wait for ever") {
  auto brief = options(0.001);
  brief.grace = Duration::zero();
  const auto server = start(std::move(brief));
  RawClient client(*server);
  client.send(request("POST", "/v1/chat/completions", kChat));
  wait_for(*server, [](const Stats& s) { return s.in_service == 1; });
  server->stop();
  CHECK(client.answer().status == 0);
  CHECK(server->stats().abandoned == 1);
}
