#include "harness/net/http_provider.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "harness/base/text.hpp"
#include "harness/wire/call_header.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/planned_header.hpp"
#include "harness/wire/usage_header.hpp"
#include "tests/net/raw_server.hpp"

using namespace rehearse;
using namespace rehearse::net;
using namespace rehearse::literals;
using provider::Call;
using provider::Failure;
using provider::Outcome;
using runtime::StopToken;
using runtime::Task;
using test::RawConnection;
using test::RawServer;

namespace {

Task<void> ask(provider::Provider& provider, const Call& call, Outcome& outcome) {
  outcome = co_await provider.call(call, StopToken());
}

HttpProviderOptions options_for(const RawServer& server) {
  HttpProviderOptions options;
  options.base_url = server.url("/v1");
  for (const char* operation : {"chat", "image", "speech", "transcription", "embedding"}) {
    options.endpoints.push_back({operation, Flavour::OpenAi, "POST", ""});
  }
  options.endpoints.push_back({"query", Flavour::Generic, "GET", "/rows/{id}"});
  options.price = [](const CallFeatures&, const Usage& usage) {
    return Money::nano_usd(usage.input_tokens + 10 * usage.output_tokens + 100 * usage.images);
  };
  return options;
}

Outcome call(HttpProviderOptions options, const Call& call) {
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  auto provider = HttpProvider::make(runtime, client, std::move(options));
  REQUIRE(provider.ok());
  Outcome outcome;
  runtime.run(ask(**provider, call, outcome));
  CHECK(outcome.started <= outcome.first_chunk);
  CHECK(outcome.first_chunk <= outcome.done);
  return outcome;
}

Call chat_call() {
  Call call;
  call.key = {
      .seed = 7, .job = 3, .stage = hash_name("a/b"), .item = 2, .attempt = 1, .share = 0.1};
  call.stage = "a/b";
  call.features.operation = "chat";
  call.features.model = "m";
  call.features.input_tokens = 10;
  call.features.output_tokens = 5;
  call.time_ratio = 1.0 / 3;
  return call;
}

RawServer::Script says(int status, std::string headers, std::string body) {
  return [=](RawConnection& c) {
    c.request();
    c.send("HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  };
}

const std::string kJson = "content-type: application/json\r\n";
const std::string kSse = "content-type: text/event-stream\r\n";
const std::string kChat =
    R"({"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"hello"},"finish_reason":"length"}],)"
    R"("usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,)"
    R"("prompt_tokens_details":{"cached_tokens":4}}})";

}  // namespace

TEST_CASE(
    "a plain chat carries filler of the drawn size and the whole draw, and is billed as told") {
  std::string request;
  const RawServer server([&](RawConnection& c) {
    request = c.request();
    c.answer(kChat, kJson);
  });
  Call asked = chat_call();
  asked.keep_text = true;
  const Outcome outcome = call(options_for(server), asked);
  CHECK(outcome.ok());
  CHECK(outcome.status == 200);
  CHECK(outcome.truncated);
  CHECK(outcome.chunks == 1);
  CHECK(outcome.first_chunk == outcome.done);
  CHECK(outcome.text == "hello");
  CHECK(outcome.usage.cached_tokens == 4);
  CHECK(outcome.cost == Money::nano_usd(60));

  CHECK(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
  const auto sent = wire::openai::decode_chat_request(request.substr(request.find("\r\n\r\n") + 4));
  REQUIRE(sent.ok());
  CHECK(wire::input_tokens(*sent) == 10);
  const std::size_t at = request.find("x-rehearse-call: ");
  REQUIRE(at != std::string::npos);
  const auto header =
      wire::parse_call_header(request.substr(at + 17, request.find("\r\n", at) - at - 17));
  REQUIRE(header.ok());
  CHECK(header->stage == "a/b");
  CHECK(header->seed == 7);
  CHECK(header->item == 2);
  CHECK(header->share == asked.key.share);
  CHECK(header->time_ratio == asked.time_ratio);
  CHECK(header->output_tokens == 5);
  CHECK_FALSE(header->bytes.has_value());
}

TEST_CASE("what a call took beyond the time that its mock had planned is what the wire added") {
  const auto outcome_of = [](const std::string& planned) {
    const std::string header = std::string(wire::kPlannedHeaderName) + ": " + planned + "\r\n";
    const RawServer server(says(200, kJson + header, kChat));
    return call(options_for(server), chat_call());
  };
  const Outcome some = outcome_of("1000");
  REQUIRE(some.wire->added.has_value());
  CHECK(*some.wire->added == some.done - some.started - 1_us);
  CHECK(outcome_of("3600000000000").wire->added == Duration::zero());  // it answered too early
  for (const char* bad : {"", "-1", "1.5", "1s", "99999999999999999999"}) {
    CHECK_FALSE(outcome_of(bad).wire->added.has_value());
  }
}

TEST_CASE("a streamed chat counts its pieces and keeps the instant of the first") {
  const RawServer server(says(
      200, kSse,
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hel\"}}]}\n\n: note\n\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2,"
      "\"total_tokens\":12}}\n\ndata: [DONE]\n\n"));
  Call asked = chat_call();
  asked.features.stream = true;
  asked.keep_text = true;
  const Outcome outcome = call(options_for(server), asked);
  CHECK(outcome.ok());
  CHECK(outcome.chunks == 2);
  CHECK(outcome.text == "hello");
  CHECK_FALSE(outcome.truncated);
  CHECK(outcome.cost == Money::nano_usd(30));
}

TEST_CASE("a stream that ends early, breaks or tells an error is no success") {
  const std::string piece =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hel\"}}]}\n\n";
  Call asked = chat_call();
  asked.features.stream = true;
  struct Case {
    std::string tail;
    Failure failure;
  };
  for (const Case& c : std::vector<Case>{
           {"", Failure::Truncated},
           {"data: {\"choi", Failure::Truncated},
           {"data: {not json}\n\n", Failure::Malformed},
           {"data: {\"error\":{\"message\":\"overloaded\"}}\n\n", Failure::ServerError}}) {
    INFO(c.tail);
    const std::string usage = std::string(wire::kUsageHeaderName) + ": output_tokens=5\r\n";
    const RawServer server(says(200, kSse + usage, piece + c.tail));
    const Outcome outcome = call(options_for(server), asked);
    CHECK(outcome.failure == c.failure);
    CHECK(outcome.chunks == 1);
    CHECK_FALSE(outcome.should_retry);
    CHECK(outcome.cost == Money::nano_usd(50));  // what a mock says it bills
  }
}

TEST_CASE("a refusal keeps the provider's words, its code and when to come back") {
  const std::string limited = R"({"error":{"message":"slow down","type":"requests","param":null,)"
                              R"("code":"rate_limit_exceeded"}})";
  const std::string no_money =
      R"({"error":{"message":"pay","type":"insufficient_quota","param":null,)"
      R"("code":"insufficient_quota"}})";
  struct Case {
    int status;
    std::string headers;
    std::string body;
    Failure failure;
    bool retry;
    std::optional<Duration> after;
    std::string detail;
  };
  for (const Case& c : std::vector<Case>{
           {429, "retry-after: 2\r\nretry-after-ms: 1500\r\n", limited, Failure::RateLimited, true,
            1500_ms, "slow down"},
           {429, "retry-after: 2\r\n", no_money, Failure::QuotaExhausted, false, 2_s, "pay"},
           {500, "", "<html>\x1b[31moops</html>", Failure::ServerError, true, {}, ""},
           {503, "", "", Failure::Overloaded, true, {}, ""},
           {503, "x-should-retry: false\r\n", "", Failure::Overloaded, false, {}, ""},
           {408, "", "", Failure::OtherStatus, true, {}, ""},
           {401, "", R"({"error":"no"})", Failure::Unauthorized, false, {}, "no"},
           {404, "", "{}", Failure::NotFound, false, {}, ""},
           {302, "location: /\r\n", "", Failure::OtherStatus, false, {}, ""}}) {
    INFO(c.status << c.headers);
    const RawServer server(says(c.status, c.headers, c.body));
    const Outcome outcome = call(options_for(server), chat_call());
    CHECK(outcome.failure == c.failure);
    CHECK(outcome.status == c.status);
    CHECK(outcome.should_retry == c.retry);
    CHECK(outcome.retry_after == c.after);
    CHECK(outcome.cost == Money());
    CHECK(outcome.detail.find('\x1b') == std::string::npos);
    if (!c.detail.empty()) {
      CHECK(outcome.detail == c.detail);
    }
  }
}

TEST_CASE("a real provider gets the key and no call header, and never gives the key away") {
  std::string request;
  const RawServer server([&](RawConnection& c) {
    request = c.request();
    const std::string body = R"({"error":{"message":"bad key sk-secret"}})";
    c.send("HTTP/1.1 401 X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  HttpProviderOptions options = options_for(server);
  options.live = true;
  options.key = Secret("sk-secret");
  const Outcome outcome = call(std::move(options), chat_call());
  CHECK(request.find("Authorization: Bearer sk-secret\r\n") != std::string::npos);
  CHECK(request.find("x-rehearse") == std::string::npos);
  CHECK(outcome.failure == Failure::Unauthorized);
  CHECK(outcome.detail == "bad key [key]");
}

TEST_CASE("a key for a mock is refused before anything is sent") {
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  HttpProviderOptions options;
  options.base_url = "http://127.0.0.1:1";
  options.key = Secret("sk-secret");
  const auto provider = HttpProvider::make(runtime, client, options);
  REQUIRE_FALSE(provider.ok());
  CHECK(provider.error().text().find("sk-secret") == std::string::npos);
  options.key = {};
  options.base_url = "127.0.0.1:1";
  CHECK_FALSE(HttpProvider::make(runtime, client, options).ok());
}

TEST_CASE("a stage's own request is sent as it is, with what it lacks") {
  std::string request;
  const RawServer server([&](RawConnection& c) {
    request = c.request();
    c.answer(kChat, kJson);
  });
  Call asked = chat_call();
  asked.request = R"({"messages":[{"role":"user","content":"hi"}],"temperature":0})";
  asked.features.max_tokens = 9;
  CHECK(call(options_for(server), asked).ok());
  CHECK(request.ends_with(R"({"messages":[{"role":"user","content":"hi"}],"temperature":0,)"
                          R"("model":"m","stream":false,"max_completion_tokens":9})"));
  asked.request = "[1]";
  CHECK(call(options_for(server), asked).failure == Failure::BadRequest);
}

TEST_CASE("other operations speak their own formats") {
  Call asked = chat_call();
  std::string request;
  const auto answering = [&request](std::string body, std::string head) {
    return [&request, body, head](RawConnection& c) {
      request = c.request();
      c.answer(body, head);
    };
  };
  SECTION("image") {
    const RawServer server(
        answering(R"({"created":1,"data":[{"url":"http://x/1"},{"url":"http://x/2"}]})", kJson));
    asked.features.operation = "image";
    asked.features.size = "1792x1024";
    asked.features.n = 2;
    const Outcome outcome = call(options_for(server), asked);
    CHECK(outcome.ok());
    CHECK(outcome.usage.images == 2);
    CHECK(request.find("\"size\":\"1792x1024\"") != std::string::npos);
    asked.features.size = "wide";
    CHECK(call(options_for(server), asked).failure == Failure::BadRequest);
  }
  SECTION("speech") {
    const RawServer server(answering("RIFF....", "content-type: audio/mpeg\r\n"));
    asked.features.operation = "speech";
    asked.features.characters = 77;
    const Outcome outcome = call(options_for(server), asked);
    CHECK(outcome.ok());
    CHECK(outcome.usage.characters == 77);
  }
  SECTION("transcription") {
    const RawServer server(
        answering(R"({"text":"words","usage":{"type":"duration","seconds":3}})", kJson));
    asked.features.operation = "transcription";
    asked.features.audio_ms = 3000;
    asked.features.bytes = 30'044;
    asked.keep_text = true;
    const Outcome outcome = call(options_for(server), asked);
    CHECK(outcome.ok());
    CHECK(outcome.usage.audio_ms == 3000);
    CHECK(outcome.text == "words");
    CHECK(request.size() > 30'044);
  }
  SECTION("embedding") {
    const RawServer server(
        answering(R"({"object":"list","model":"m","data":[{"object":"embedding","index":0,)"
                  R"("embedding":[0.5]}],)"
                  R"("usage":{"prompt_tokens":10,"total_tokens":10}})",
                  kJson));
    asked.features.operation = "embedding";
    CHECK(call(options_for(server), asked).usage.input_tokens == 10);
  }
  SECTION("generic") {
    const RawServer server(answering("[]", kJson));
    asked.features.operation = "query";
    asked.features.bytes = 500;
    const Outcome outcome = call(options_for(server), asked);
    CHECK(outcome.ok());
    CHECK(outcome.usage.bytes == 500);
    CHECK(request.starts_with("GET /v1/rows/1 HTTP/1.1\r\n"));
  }
  SECTION("none") {
    const RawServer server(answering("", ""));
    asked.features.operation = "paint";
    CHECK(call(options_for(server), asked).failure == Failure::NotFound);
    CHECK(request.empty());
  }
}

TEST_CASE("an Ollama chat is read line by line") {
  const RawServer server(says(
      200, "content-type: application/x-ndjson\r\n",
      "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"he\"},\"done\":false}\n"
      "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"y\"},\"done\":false}\n"
      "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,"
      "\"done_reason\":\"length\",\"prompt_eval_count\":10,\"eval_count\":2}"));
  HttpProviderOptions options = options_for(server);
  options.endpoints = {{"chat", Flavour::Ollama, "POST", ""}};
  Call asked = chat_call();
  asked.features.stream = true;
  asked.keep_text = true;
  const Outcome outcome = call(options, asked);
  CHECK(outcome.ok());
  CHECK(outcome.chunks == 2);
  CHECK(outcome.text == "hey");
  CHECK(outcome.truncated);
  CHECK(outcome.usage.output_tokens == 2);
}
