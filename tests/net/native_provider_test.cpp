#include <catch2/catch.hpp>

#include "harness/net/http_provider.hpp"
#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/anthropic_error.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_error.hpp"
#include "harness/wire/gemini_image.hpp"
#include "tests/net/raw_server.hpp"

// Calls in the words of Anthropic, Gemini and Stability, to a server that says what the test says.

using namespace rehearse;
using namespace rehearse::net;
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

struct Asked {
  Flavour flavour = Flavour::Anthropic;
  std::string operation = "chat";
  std::string model;
  std::string request;  // by hand
  std::int64_t max_tokens = 0;
  bool stream = false;
  bool live = false;
};

struct Seen {
  std::string request;
  Outcome outcome;
};

// One call to a server that answers so.
Seen call(const Asked& asked, int status, const std::string& type, const std::string& body) {
  Seen seen;
  const RawServer server([&](RawConnection& c) {
    seen.request = c.request();
    c.send("HTTP/1.1 " + std::to_string(status) + " X\r\ncontent-type: " + type +
           "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  HttpProviderOptions options;
  options.base_url = server.url("/base");
  EndpointSpec endpoint;
  endpoint.operation = asked.operation;
  endpoint.flavour = asked.flavour;
  endpoint.default_model = "default-model";
  endpoint.default_max_tokens = asked.live ? 4096 : 0;
  options.endpoints.push_back(endpoint);
  options.live = asked.live;
  if (asked.live) {
    options.key = Secret("sk-secret");
  }
  Call made;
  made.stage = "s";
  made.features.operation = asked.operation;
  made.features.model = asked.model;
  made.features.input_tokens = 10;
  made.features.max_tokens = asked.max_tokens;
  made.features.stream = asked.stream;
  made.features.size = asked.operation == "image" ? "1792x1024" : "";
  made.request = asked.request;
  made.keep_text = true;
  AsioRuntime runtime;
  HttpClient client(runtime, {});
  auto provider = HttpProvider::make(runtime, client, std::move(options));
  REQUIRE(provider.ok());
  runtime.run(ask(**provider, made, seen.outcome));
  return seen;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

const std::string kJson = "application/json";
const std::string kSse = "text/event-stream";

std::string anthropic_reply() {
  wire::ChatReply reply{"msg_1", "m", 0, {}, wire::Usage{10, 4, 5, 0}};
  reply.choices.resize(1);
  reply.choices[0].text = "hello";
  reply.choices[0].finish = wire::FinishReason::Length;
  return wire::anthropic::encode_chat_reply(reply);
}

}  // namespace

TEST_CASE("an Anthropic call carries its version, and to the real thing its key and a limit") {
  const Seen mock = call({}, 200, kJson, anthropic_reply());
  CHECK(mock.request.starts_with("POST /base/v1/messages HTTP/1.1\r\n"));
  CHECK(has(mock.request, "anthropic-version: 2023-06-01\r\n"));
  CHECK(has(mock.request, "x-rehearse-call: "));
  CHECK_FALSE(has(mock.request, "x-api-key"));
  CHECK_FALSE(has(mock.request, "max_tokens"));
  CHECK(mock.outcome.ok());
  CHECK(mock.outcome.text == "hello");
  CHECK(mock.outcome.truncated);
  CHECK(mock.outcome.usage.input_tokens == 10);
  CHECK(mock.outcome.usage.cached_tokens == 4);

  Asked live;
  live.live = true;
  const Seen real = call(live, 200, kJson, anthropic_reply());
  CHECK(has(real.request, "x-api-key: sk-secret\r\n"));
  CHECK_FALSE(has(real.request, "Authorization"));
  CHECK_FALSE(has(real.request, "x-rehearse-call"));
  CHECK(has(real.request, R"("max_tokens":4096)"));
  CHECK(has(real.request, R"("model":"default-model")"));
  live.request = R"({"messages":[{"role":"user","content":"mine"}],"max_tokens":7})";
  const Seen own = call(live, 200, kJson, anthropic_reply());
  const auto sent = wire::anthropic::decode_chat_request(body_of(own.request));
  REQUIRE(sent.ok());
  CHECK(sent->max_output_tokens == 7);
  CHECK(sent->model == "default-model");
  CHECK(sent->messages.at(0).text == "mine");
}

TEST_CASE("an Anthropic stream is read to its last event, and one without it is truncated") {
  wire::anthropic::ChatStreamWriter writer("msg_1", "m");
  std::string stream = writer.start(wire::Usage{10, 0, 1, 0}) + writer.begin_thinking();
  stream += writer.thinking("hm") + writer.begin_text() + writer.text("he") + writer.text("y");
  Asked asked;
  asked.stream = true;
  const std::string end = writer.finish(wire::FinishReason::Stop, "", wire::Usage{10, 0, 5, 0});
  const Seen whole = call(asked, 200, kSse, stream + end);
  CHECK(whole.outcome.ok());
  CHECK(whole.outcome.text == "hey");
  CHECK(whole.outcome.chunks == 3);
  CHECK(whole.outcome.usage.output_tokens == 5);
  CHECK(call(asked, 200, kSse, stream).outcome.failure == Failure::Truncated);
  const Seen told =
      call(asked, 200, kSse,
           stream + wire::anthropic::ChatStreamWriter::error("overloaded_error", "Overloaded"));
  CHECK(told.outcome.failure == Failure::ServerError);
  CHECK(told.outcome.detail == "Overloaded");
  CHECK(call(asked, 200, kSse, "event: message_start\ndata: {broken\n\n").outcome.failure ==
        Failure::Malformed);
}

TEST_CASE("Anthropic's errors are told apart, and no key that they echo is shown") {
  Asked live;
  live.live = true;
  for (const auto& [status, failure] :
       {std::pair(400, Failure::BadRequest), std::pair(401, Failure::Unauthorized),
        std::pair(404, Failure::NotFound), std::pair(429, Failure::RateLimited),
        std::pair(500, Failure::ServerError), std::pair(529, Failure::Overloaded)}) {
    wire::ApiError error;
    error.status = status;
    error.message = "no, sk-secret";
    const Seen seen = call(live, status, kJson, wire::anthropic::encode_error(error));
    CHECK(seen.outcome.failure == failure);
    CHECK(seen.outcome.should_retry == (status == 429 || status >= 500));
    CHECK(seen.outcome.detail == "no, [key]");
  }
}

TEST_CASE("a Gemini call names its model in the path, and reads when to come back in the body") {
  wire::ChatReply reply{"r", "m", 0, {}, wire::Usage{10, 0, 5, 2}};
  reply.choices.resize(1);
  reply.choices[0].text = "hello";
  Asked asked;
  asked.flavour = Flavour::Gemini;
  asked.max_tokens = 9;
  const std::string body = wire::gemini::encode_chat_reply(reply);
  const Seen plain = call(asked, 200, kJson, body);
  CHECK(plain.request.starts_with(
      "POST /base/v1beta/models/default-model:generateContent HTTP/1.1\r\n"));
  CHECK(wire::gemini::decode_chat_request(body_of(plain.request))->max_output_tokens == 9);
  CHECK(plain.outcome.ok());
  CHECK(plain.outcome.usage.output_tokens == 5);
  asked.live = true;
  asked.stream = true;
  asked.model = "gemini-2.5-pro";
  const Seen stream = call(asked, 200, kSse, "data: " + body + "\r\n\r\n");
  CHECK(stream.request.starts_with(
      "POST /base/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse HTTP/1.1\r\n"));
  CHECK(has(stream.request, "x-goog-api-key: sk-secret\r\n"));
  CHECK(stream.outcome.ok());
  CHECK(stream.outcome.text == "hello");
  wire::ApiError error;
  error.status = 429;
  error.retry_after = Duration::milliseconds(1500);
  const Seen refused = call(asked, 429, kJson, wire::gemini::encode_error(error));
  CHECK(refused.outcome.failure == Failure::RateLimited);
  CHECK(refused.outcome.retry_after == Duration::milliseconds(1500));
}

TEST_CASE("pictures are asked for in each provider's way, their size is told to mocks alone") {
  Asked asked;
  asked.operation = "image";
  asked.flavour = Flavour::Gemini;
  asked.model = "imagen-4.0-generate-001";
  const Seen imagen = call(asked, 200, kJson, wire::gemini::encode_predictions({{"png"}}).joined());
  CHECK(imagen.request.starts_with(
      "POST /base/v1beta/models/imagen-4.0-generate-001:predict HTTP/1.1\r\n"));
  CHECK(has(imagen.request, ";size=1792x1024"));
  CHECK(imagen.outcome.usage.images == 1);
  asked.model = "gemini-2.5-flash-image";
  CHECK(has(call(asked, 200, kJson, "{}").request, ":generateContent HTTP"));
  CHECK(call(asked, 200, kJson, "{}").outcome.failure == Failure::Malformed);
  asked.flavour = Flavour::Stability;
  asked.model = "core";
  asked.live = true;
  const Seen core = call(asked, 200, "image/png", "\x89PNG");
  CHECK(core.request.starts_with("POST /base/v2beta/stable-image/generate/core HTTP/1.1\r\n"));
  CHECK(has(core.request, "Authorization: Bearer sk-secret\r\n"));
  CHECK(has(core.request, "accept: image/*\r\n"));
  CHECK(core.outcome.ok());
  CHECK(core.outcome.usage.images == 1);
}
