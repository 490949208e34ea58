#include <catch2/catch.hpp>

#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/anthropic_error.hpp"
#include "harness/wire/anthropic_limits.hpp"
#include "harness/wire/anthropic_models.hpp"
#include "harness/wire/time_text.hpp"

using namespace rehearse;
using namespace rehearse::wire;

namespace {

ChatRequest full_request() {
  ChatRequest request;
  request.model = "claude-sonnet-4-6";
  request.messages = {{"system", "be brief", 0, {}, ""},
                      {"user", "hé \"you\"\n", 0, {}, ""},
                      {"assistant", "", 0, {{"toolu_1", "look", "{\"q\":1}"}}, ""},
                      {"user", "42", 0, {}, "toolu_1"}};
  request.max_output_tokens = 3000;
  request.stream = true;
  request.include_usage = true;
  request.stop = {"END", "\n\n"};
  request.thinking_tokens = 2048;
  request.tools = {{"look", "looks", R"({"type":"object"})"}};
  request.tool_choice = "look";
  return request;
}

std::string refused(std::string_view body) {
  const auto request = anthropic::decode_chat_request(body);
  REQUIRE_FALSE(request.ok());
  return anthropic::bad_request(request.errors()).message;
}

std::vector<SseEvent> events_of(const std::string& stream) {
  SseParser parser;
  std::vector<SseEvent> events;
  REQUIRE(parser.feed(stream, events).ok());
  CHECK(parser.at_boundary());
  return events;
}

}  // namespace

TEST_CASE("an Anthropic request survives the wire whole") {
  const ChatRequest request = full_request();
  const auto back = anthropic::decode_chat_request(anthropic::encode_chat_request(request));
  INFO((back ? "" : back.error().text()));
  REQUIRE(back.ok());
  CHECK(*back == request);
  for (const char* choice : {"auto", "none", "required"}) {
    ChatRequest other = request;
    other.tool_choice = choice;
    CHECK(*anthropic::decode_chat_request(anthropic::encode_chat_request(other)) == other);
  }
}

TEST_CASE("an Anthropic request that lacks or mistakes something is told where") {
  const std::string good = R"("messages":[{"role":"user","content":"x"}])";
  CHECK(refused("{" + good + "}") == "max_tokens: Field required");
  CHECK(anthropic::decode_chat_request("{" + good + "}", anthropic::MaxTokens::Optional).ok());
  CHECK(refused(R"({"max_tokens":5})") == "messages: Field required");
  CHECK(refused(R"({"max_tokens":5,"messages":[]})") ==
        "messages: at least one message is required");
  CHECK(refused(R"({"max_tokens":0,)" + good + "}").starts_with("max_tokens: expected"));
  CHECK(refused(R"({"max_tokens":5,"messages":[{"role":"system","content":"x"}]})") ==
        "messages.0.role: Input should be 'user' or 'assistant'");
  CHECK(refused(R"({"max_tokens":5,"messages":[{"role":"user"}]})") ==
        "messages.0.content: Field required");
  CHECK(refused(R"({"max_tokens":5,"thinking":{"type":"enabled","budget_tokens":10},)" + good + "}")
            .starts_with("thinking.budget_tokens: expected"));
  CHECK(refused(R"({"max_tokens":1024,"thinking":{"type":"enabled","budget_tokens":1024},)" + good +
                "}") == "max_tokens: must be greater than thinking.budget_tokens");
  CHECK_FALSE(anthropic::decode_chat_request("[]").ok());
  CHECK_FALSE(anthropic::decode_chat_request("{").ok());
  CHECK_FALSE(anthropic::decode_chat_request("").ok());
}

TEST_CASE("blocks of an Anthropic message are joined, and pictures counted") {
  const auto request = anthropic::decode_chat_request(
      R"({"model":"m","max_tokens":5,"system":[{"type":"text","text":"a"},)"
      R"({"type":"text","text":"b","cache_control":{"type":"ephemeral"}}],)"
      R"("messages":[{"role":"user","content":[)"
      R"({"type":"image","source":{"type":"url","url":"x"}},{"type":"text","text":"what?"},)"
      R"({"type":"thinking","thinking":"hm","signature":"s"},)"
      R"({"type":"server_tool_use","id":"x"}]}]})");
  REQUIRE(request.ok());
  CHECK(request->messages.at(0).text == "ab");
  CHECK(request->messages.at(1).text == "what?");
  CHECK(request->messages.at(1).images == 1);
}

TEST_CASE("an Anthropic reply survives the wire with thinking, text, tools and cached tokens") {
  ChatReply reply{"msg_1", "claude", 0, {}, Usage{1000, 700, 50, 0, 100}};
  ChatChoice choice;
  choice.thinking = "hm";
  choice.signature = "c2ln";
  choice.text = "hé\n";
  choice.tool_calls = {{"toolu_1", "look", R"({"q":1})"}};
  choice.finish = FinishReason::ToolCalls;
  reply.choices = {choice};
  const std::string text = anthropic::encode_chat_reply(reply);
  const auto back = anthropic::decode_chat_reply(text);
  REQUIRE(back.ok());
  CHECK(*back == reply);
  CHECK(text.find(R"("input_tokens":200,)") != std::string::npos);  // those of no cache
  CHECK(text.find(R"("stop_reason":"tool_use")") != std::string::npos);
  CHECK_FALSE(anthropic::decode_chat_reply(R"({"type":"message"})").ok());
  CHECK_FALSE(anthropic::decode_chat_reply("<html>").ok());
}

TEST_CASE("every stop reason of Anthropic is written and read") {
  for (const FinishReason reason : {FinishReason::Stop, FinishReason::Length,
                                    FinishReason::ToolCalls, FinishReason::ContentFilter}) {
    ChatReply reply;
    reply.choices.resize(1);
    reply.choices[0].finish = reason;
    CHECK(anthropic::decode_chat_reply(anthropic::encode_chat_reply(reply))->choices[0].finish ==
          reason);
  }
  ChatReply stopped;
  stopped.choices.resize(1);
  stopped.choices[0].stop_text = "END";
  const std::string text = anthropic::encode_chat_reply(stopped);
  CHECK(text.find(R"("stop_reason":"stop_sequence","stop_sequence":"END")") != std::string::npos);
  CHECK(anthropic::decode_chat_reply(text)->choices[0].stop_text == "END");
}

TEST_CASE("an Anthropic stream has its events in order, each with its name, and reads back") {
  anthropic::ChatStreamWriter writer("msg_1", "claude");
  std::string stream = writer.start(Usage{10, 4, 1, 0});
  stream += writer.begin_thinking() + writer.thinking("h\"m") + writer.signature("sig");
  stream += writer.begin_text() + writer.text("hé") + writer.text("llo");
  stream += writer.begin_tool({"toolu_1", "look", ""}) + writer.arguments("{\"q\":");
  stream += writer.arguments("1}");
  stream += writer.finish(FinishReason::ToolCalls, "", Usage{10, 4, 7, 0});
  std::string names;
  ChatReply seen;
  seen.choices.resize(1);
  std::string arguments;
  anthropic::ChatStreamReader reader;
  for (const SseEvent& event : events_of(stream)) {
    CHECK_FALSE(event.event.empty());
    CHECK(event.data.find("{\"type\":\"" + event.event + "\"") == 0);
    names += event.event + " ";
    const auto chunk = reader.read(event);
    REQUIRE(chunk.ok());
    seen.choices[0].text += chunk->text;
    seen.choices[0].thinking += chunk->thinking;
    arguments += chunk->arguments;
    if (chunk->usage) {
      seen.usage = chunk->usage;
    }
    CHECK(chunk->done == (event.event == "message_stop"));
    CHECK(chunk->finish.has_value() == (event.event == "message_delta"));
  }
  CHECK(names ==
        "message_start ping content_block_start content_block_delta content_block_delta "
        "content_block_stop content_block_start content_block_delta content_block_delta "
        "content_block_stop content_block_start content_block_delta content_block_delta "
        "content_block_stop message_delta message_stop ");
  CHECK(seen.choices[0].text == "héllo");
  CHECK(seen.choices[0].thinking == "h\"m");
  CHECK(arguments == "{\"q\":1}");
  CHECK(*seen.usage == Usage{10, 4, 7, 0});
}

TEST_CASE("an error inside an Anthropic stream is an error with the provider's message") {
  const auto events =
      events_of(anthropic::ChatStreamWriter::error("overloaded_error", "Over\nloaded"));
  REQUIRE(events.size() == 1);
  CHECK(events[0].event == "error");
  anthropic::ChatStreamReader reader;
  const auto chunk = reader.read(events[0]);
  REQUIRE_FALSE(chunk.ok());
  CHECK(chunk.error().where == "event stream");
  CHECK(chunk.error().what == "Over\nloaded");
  CHECK_FALSE(reader.read({"message_delta", "{broken", ""}).ok());
  CHECK(reader.read({"an_event_of_tomorrow", R"({"type":"an_event_of_tomorrow"})", ""}).ok());
}

TEST_CASE("Anthropic errors keep their type and id, and any other body becomes a message") {
  for (const auto& [status, type] :
       {std::pair(400, "invalid_request_error"), std::pair(401, "authentication_error"),
        std::pair(402, "billing_error"), std::pair(403, "permission_error"),
        std::pair(404, "not_found_error"), std::pair(413, "request_too_large"),
        std::pair(429, "rate_limit_error"), std::pair(500, "api_error"),
        std::pair(504, "timeout_error"), std::pair(529, "overloaded_error")}) {
    ApiError error;
    error.status = status;
    error.message = "m";
    error.request_id = "req_1";
    const ApiError back = anthropic::decode_error(status, anthropic::encode_error(error));
    CHECK(back.type == type);
    CHECK(back.code == type);
    CHECK(back.message == "m");
    CHECK(back.request_id == "req_1");
  }
  CHECK(anthropic::decode_error(502, "<html>bad gateway</html>").message.find("bad gateway") !=
        std::string::npos);
  CHECK(anthropic::decode_error(502, "").status == 502);
}

TEST_CASE("Anthropic's limit headers tell their resets as dates in whole seconds") {
  const Instant now = *parse_rfc3339("2026-11-21T05:41:10.25Z");
  anthropic::RateLimits limits;
  limits.requests = LimitState{50, 49, Duration::milliseconds(1200)};
  limits.input_tokens = LimitState{30'000, 0, Duration::seconds(60)};
  Headers headers;
  anthropic::write_rate_limits(headers, limits, now);
  CHECK(headers.get("anthropic-ratelimit-requests-limit") == "50");
  CHECK(headers.get("anthropic-ratelimit-requests-remaining") == "49");
  CHECK(headers.get("anthropic-ratelimit-requests-reset") == "2026-11-21T05:41:12Z");
  CHECK_FALSE(headers.find("anthropic-ratelimit-output-tokens-limit"));
  const auto back = anthropic::read_rate_limits(headers, now);
  REQUIRE(back.requests);
  CHECK(back.requests->reset == Duration::milliseconds(1750));  // rounded up to a second
  CHECK(back.input_tokens->remaining == 0);
  CHECK_FALSE(back.tokens);
  CHECK(anthropic::read_rate_limits(headers, now + Duration::seconds(3600)).requests->reset ==
        Duration::zero());
  headers.set("anthropic-ratelimit-requests-limit", "-5");
  CHECK_FALSE(anthropic::read_rate_limits(headers, now).requests);
}

TEST_CASE("RFC 3339 instants read back what is written, and nothing else is read") {
  for (const std::int64_t ns : {0LL, 1'795'219'200'000'000'000LL, 1'795'219'200'123'456'000LL}) {
    CHECK(parse_rfc3339(rfc3339(Instant::from_ns(ns))) == Instant::from_ns(ns));
  }
  CHECK(parse_rfc3339("2024-10-11T12:00:00Z").has_value());
  for (const char* bad :
       {"", "2024", "2024-10-11 12:00:00Z", "2024-13-11T12:00:00Z", "2026-11-21T05,41:10Z",
        "2024-10-11T25:00:00Z", "2024-10-11T12:00:00", "2024-10-11T12:00:00.Z",
        "2024-10-11T12:00:00.xZ", "2024-10-11T12:00:00+01:00", "2024-1x-11T12:00:00Z"}) {
    INFO(bad);
    CHECK_FALSE(parse_rfc3339(bad));
  }
}

TEST_CASE("Anthropic's lists of models and counts of tokens survive the wire") {
  const std::vector<std::string> ids = {"claude-a", "claude-b"};
  CHECK(*anthropic::decode_models(anthropic::encode_models(ids)) == ids);
  CHECK(anthropic::decode_models(anthropic::encode_models({}))->empty());
  CHECK_FALSE(anthropic::decode_models(R"({"data":[{}]})").ok());
  CHECK(*anthropic::decode_token_count(anthropic::encode_token_count(12)) == 12);
  CHECK_FALSE(anthropic::decode_token_count("{}").ok());
  CHECK_FALSE(anthropic::decode_token_count(R"({"input_tokens":-1})").ok());
}
