#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_error.hpp"
#include "harness/wire/openai_models.hpp"
#include "harness/wire/sse.hpp"

using namespace rehearse;
using namespace rehearse::wire;

namespace {

ChatRequest full_request() {
  ChatRequest request;
  request.model = "gpt-4o";
  request.messages = {{"system", "be brief", 0, {}, ""},
                      {"user", "hé \"you\"\n", 0, {}, ""},
                      {"assistant", "", 0, {{"call_1", "look", "{\"q\":1}"}}, ""},
                      {"tool", "42", 0, {}, "call_1"}};
  request.max_output_tokens = 300;
  request.choices = 2;
  request.stream = true;
  request.include_usage = true;
  request.format = TextFormat::JsonSchema;
  request.schema = R"({"type":"object"})";
  request.tools = {{"look", "looks", R"({"type":"object"})"}};
  request.tool_choice = "look";
  return request;
}

std::string where_of(std::string_view body) {
  const auto request = openai::decode_chat_request(body);
  REQUIRE_FALSE(request.ok());
  return request.error().where;
}

}  // namespace

TEST_CASE("a chat request survives the wire whole") {
  const ChatRequest request = full_request();
  const auto back = openai::decode_chat_request(openai::encode_chat_request(request));
  INFO((back ? "" : back.error().text()));
  REQUIRE(back.ok());
  CHECK(*back == request);
  ChatRequest plain;
  plain.model = "m";
  plain.messages = {{"user", "hi", 0, {}, ""}};
  CHECK(openai::encode_chat_request(plain) ==
        R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");
  CHECK(*openai::decode_chat_request(openai::encode_chat_request(plain)) == plain);
}

TEST_CASE("both names of the token limit are read and the new one wins") {
  const std::string start = R"({"model":"m","messages":[{"role":"user","content":"x"}])";
  CHECK(openai::decode_chat_request(start + R"(,"max_tokens":7})")->max_output_tokens == 7);
  CHECK(openai::decode_chat_request(start + R"(,"max_tokens":7,"max_completion_tokens":9})")
            ->max_output_tokens == 9);
  CHECK_FALSE(
      openai::decode_chat_request(start + R"(,"max_tokens":null})")->max_output_tokens.has_value());
}

TEST_CASE("content may come in parts, images are counted and null is no text") {
  const auto request = openai::decode_chat_request(
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},
      {"type":"image_url","image_url":{"url":"data:"}},{"type":"text","text":"b"}]},
      {"role":"assistant","content":null}]})");
  REQUIRE(request.ok());
  CHECK(request->messages[0].text == "ab");
  CHECK(request->messages[0].images == 1);
  CHECK(request->messages[1].text.empty());
  CHECK(input_tokens(*request) == 1);
}

TEST_CASE("four bytes of prompt are one token, rounded up over the whole request") {
  ChatRequest request;
  CHECK(input_tokens(request) == 0);
  request.messages = {{"user", "12345", 0, {}, ""}, {"user", "678", 0, {}, ""}};
  CHECK(input_tokens(request) == 2);
  request.messages.push_back({"user", "9", 0, {}, ""});
  CHECK(input_tokens(request) == 3);
}

TEST_CASE("a bad chat request names every place that is wrong") {
  CHECK(where_of("") == "body:1:1");
  CHECK(where_of("[]") == "/");
  CHECK(where_of("{}") == "/model");
  CHECK(openai::decode_chat_request("{}").errors().size() == 2);
  CHECK(where_of(R"({"model":1,"messages":[{"role":"u"}]})") == "/model");
  CHECK(where_of(R"({"model":"m","messages":[]})") == "/messages");
  CHECK(where_of(R"({"model":"m","messages":[3]})") == "/messages/0");
  CHECK(where_of(R"({"model":"m","messages":[{"role":"u","content":5}]})") ==
        "/messages/0/content");
  const std::string start = R"({"model":"m","messages":[{"role":"u"}],)";
  CHECK(where_of(start + R"("n":0})") == "/n");
  CHECK(where_of(start + R"("n":1.5})") == "/n");
  CHECK(where_of(start + R"("max_tokens":-1})") == "/max_tokens");
  CHECK(where_of(start + R"("stream":"yes"})") == "/stream");
  CHECK(where_of(start + R"("response_format":{"type":"xml"}})") == "/response_format/type");
  const ApiError error = openai::bad_request(openai::decode_chat_request("{}").errors());
  CHECK(error.status == 400);
  CHECK(error.param == "model");
}

TEST_CASE("a chat reply survives the wire and always has a finish reason") {
  const ChatReply reply{
      "chatcmpl-1",
      "gpt-4o",
      1'700'000'000,
      {{"hello", {}, FinishReason::Length}, {"", {{"call_1", "f", "{}"}}, FinishReason::ToolCalls}},
      Usage{10, 4, 20, 5}};
  const std::string text = openai::encode_chat_reply(reply);
  CHECK(*openai::decode_chat_reply(text) == reply);
  const auto body = json::parse(text);
  CHECK(json::pointer_find(*body, "/usage/total_tokens")->as_integer() == 30);
  CHECK(json::pointer_find(*body, "/choices/0/finish_reason")->as_string() == "length");
  CHECK(json::pointer_find(*body, "/choices/1/message/content")->is_null());
}

TEST_CASE("a reply without usage says so instead of zero") {
  const auto reply = openai::decode_chat_reply(R"({"choices":[{"message":{"content":"x"}}]})");
  REQUIRE(reply.ok());
  CHECK_FALSE(reply->usage.has_value());
  CHECK_FALSE(openai::decode_chat_reply("{}").ok());
  CHECK_FALSE(openai::decode_chat_reply("<html>").ok());
  CHECK_FALSE(openai::decode_chat_reply(R"({"choices":[{}]})").ok());
}

TEST_CASE("a stream starts with a role, ends with a reason, usage and DONE") {
  const openai::ChatStreamWriter writer({"id\"1", "gpt-4o", 17, true});
  const std::string stream = writer.role(0) + writer.text(0, "he\nllo ") + writer.text(1, "\"é") +
                             writer.finish(0, FinishReason::Length) + writer.usage({3, 1, 2, 0}) +
                             openai::ChatStreamWriter::done();
  SseParser parser;
  std::vector<SseEvent> events;
  REQUIRE(parser.feed(stream, events).ok());
  REQUIRE(events.size() == 6);
  std::vector<ChatChunk> chunks;
  for (const SseEvent& event : events) {
    CHECK(event.event.empty());
    const auto chunk = openai::decode_chat_chunk(event.data);
    INFO(event.data);
    REQUIRE(chunk.ok());
    chunks.push_back(*chunk);
  }
  CHECK(chunks[0] == ChatChunk{0, "assistant", "", {}, {}, false});
  CHECK(chunks[1] == ChatChunk{0, "", "he\nllo ", {}, {}, false});
  CHECK(chunks[2] == ChatChunk{1, "", "\"é", {}, {}, false});
  CHECK(chunks[3] == ChatChunk{0, "", "", FinishReason::Length, {}, false});
  CHECK(chunks[4] == ChatChunk{0, "", "", {}, Usage{3, 1, 2, 0}, false});
  CHECK(chunks[5].done);
  const auto usage = json::parse(events[4].data);
  CHECK(usage->find("choices")->items().empty());
  CHECK(json::parse(events[1].data)->find("usage")->is_null());
  CHECK(json::parse(events[1].data)->find("object")->as_string() == "chat.completion.chunk");
}

TEST_CASE("nobody gets a usage frame who did not ask for one") {
  const openai::ChatStreamWriter writer({"i", "m", 1, false});
  CHECK(writer.usage({1, 0, 1, 0}).empty());
  CHECK(writer.text(0, "x").find("usage") == std::string::npos);
}

TEST_CASE("an error inside a stream and a broken chunk are errors") {
  const auto error = openai::decode_chat_chunk(R"({"error":{"message":"overloaded"}})");
  REQUIRE_FALSE(error.ok());
  CHECK(error.error().what == "overloaded");
  CHECK_FALSE(openai::decode_chat_chunk("{").ok());
  CHECK_FALSE(openai::decode_chat_chunk(R"({"choices":[{"delta":{"content":1}}]})").ok());
  CHECK(openai::decode_chat_chunk("{}")->text.empty());
  CHECK(openai::decode_chat_chunk(R"({"choices":[{"delta":{"content":"a"}}]})")->text == "a");
}

TEST_CASE("an error has all four members and any body reads as an error") {
  const ApiError error{429, "slow down", "tokens", std::nullopt, "rate_limit_exceeded"};
  CHECK(openai::encode_error(error) ==
        R"({"error":{"message":"slow down","type":"tokens","param":null,)"
        R"("code":"rate_limit_exceeded"}})");
  CHECK(openai::decode_error(429, openai::encode_error(error)) == error);
  CHECK(openai::decode_error(502, "<html>bad\ngateway").message.find('\n') == std::string::npos);
  CHECK(openai::decode_error(500, R"({"error":"busy"})").message == "busy");
  CHECK(openai::decode_error(500, R"({"error":{"code":404}})").code == "404");
  CHECK(openai::decode_error(500, "").status == 500);
}

TEST_CASE("the list of models survives the wire") {
  const std::vector<openai::Model> models = {{"gpt-4o", 5, "openai"}, {"x", 0, "system"}};
  CHECK(*openai::decode_models(openai::encode_models(models)) == models);
  CHECK_FALSE(openai::decode_models("[").ok());
}
