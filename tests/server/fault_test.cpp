#include <catch2/catch.hpp>

#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;
using Catch::Contains;

namespace {

const std::string kChat =
    R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello."}],"max_tokens":30)";

std::unique_ptr<MockServer> faulty(const std::string& faults, double speed = 1000) {
  auto out = options(speed);
  out.mounts = {mount("openai", "openai", R"({ "faults": )" + faults + "}"),
                mount("backend", "postgres-rest")};
  return start(std::move(out));
}

RawClient::Answer ask(const MockServer& server, bool stream = false) {
  return call(server, "POST", "/v1/chat/completions",
              kChat + (stream ? R"(,"stream":true})" : "}"));
}

}  // namespace

TEST_CASE("a wrong content type comes with the right bytes, whole and streamed") {
  const auto server = faulty(R"({ "wrong_content_type": { "probability": 1 } })");
  const auto whole = ask(*server);
  CHECK(whole.status == 200);
  CHECK(whole.headers.at("content-type") == "text/html");
  CHECK_THAT(whole.body, Catch::StartsWith("{"));
  CHECK(ask(*server, true).headers.at("content-type") == "text/html");
}

TEST_CASE("slow bytes drip until the planned end, and none is lost") {
  const auto slow = faulty(R"({ "slow_bytes": { "probability": 1, "lasts": "200s" } })", 1000);
  const auto quick = faulty("{}", 1000);
  RawClient client(*slow);
  client.send(request("POST", "/v1/chat/completions", kChat + "}"));
  CHECK_THAT(client.until("\r\n\r\n"), Contains("transfer-encoding: chunked"));
  int pieces = 0;
  std::string body;
  while (true) {
    const std::string size = client.until("\r\n");
    if (size.empty() || size == "0\r\n") {
      break;
    }
    const std::string piece = client.until("\r\n");
    body += piece.substr(0, piece.size() - 2);
    ++pieces;
  }
  CHECK(pieces > 1);
  CHECK(body == ask(*quick).body);
  CHECK(slow->stats().answered == 1);
  CHECK(slow->stats().bill == quick->stats().bill);
}

TEST_CASE("a status fault says what its scenario tells it to") {
  const auto server = faulty(R"({ "insufficient_quota": { "probability": 1, "should_retry": false,
    "retry_after": "30s",
    "body": { "error": { "message": "No money.", "code": "insufficient_quota" } } } })");
  const auto answer = ask(*server);
  CHECK(answer.status == 429);
  CHECK(answer.headers.at("x-should-retry") == "false");
  CHECK(answer.body == R"({"error":{"message":"No money.","code":"insufficient_quota"}})");
  CHECK(answer.headers.at("content-type") == "application/json");
}

TEST_CASE("the bill is kept by provider, endpoint, model and caller, and never shows a key") {
  const auto server = faulty("{}");
  const auto by = [&](std::string_view headers) {
    return call(*server, "POST", "/v1/chat/completions", kChat + "}", headers).status;
  };
  CHECK(by("x-rehearse-caller: team \"a\"\r\n") == 200);
  CHECK(by("x-rehearse-caller: team \"a\"\r\n") == 200);
  CHECK(by("user-agent: OpenAI/JS 6.49.0\r\nauthorization: Bearer sk-secret-of-mine\r\n") == 200);
  CHECK(call(*server, "GET", "/backend/query").status == 200);
  const Stats stats = server->stats();
  REQUIRE(stats.bill_rows.size() == 3);
  Money sum;
  std::uint64_t calls = 0;
  for (const BillRow& row : stats.bill_rows) {
    sum += row.cost;
    calls += row.calls;
  }
  CHECK(sum == stats.bill);
  CHECK(calls == 4);
  CHECK(stats.bill_rows[1].caller == "OpenAI/JS");
  CHECK(stats.bill_rows[2].caller == "team \"a\"");
  CHECK(stats.bill_rows[2].calls == 2);
  const std::string page = call(*server, "GET", "/__rehearse/stats").body;
  CHECK_THAT(page, Contains(R"("provider":"openai","operation":"chat","model":"gpt-4o-mini")"));
  CHECK_THAT(page, Contains(R"("caller":"team \u0022a\u0022","calls":2)"));
  CHECK_THAT(page, !Contains("secret"));
}
