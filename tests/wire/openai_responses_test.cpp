#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/wire/openai_responses.hpp"
#include "harness/wire/sse.hpp"

using namespace rehearse;
using namespace rehearse::wire;
using openai::ResponsesReply;
using openai::ResponseStatus;

namespace {

ResponsesReply blank() {
  ResponsesReply reply;
  reply.id = "resp_1";
  reply.model = "gpt-4o";
  reply.created_s = 1'700'000'000;
  return reply;
}

std::vector<openai::ResponseEvent> events_of(const std::string& stream) {
  SseParser parser;
  std::vector<SseEvent> frames;
  REQUIRE(parser.feed(stream, frames).ok());
  std::vector<openai::ResponseEvent> out;
  for (const SseEvent& frame : frames) {
    auto event = openai::decode_response_event(frame.data);
    REQUIRE(event.ok());
    CHECK(event->type == frame.event);
    out.push_back(std::move(*event));
  }
  return out;
}

std::string where_of(std::string_view body) {
  const auto request = openai::decode_responses_request(body);
  return request ? "" : request.errors().front().where;
}

}  // namespace

TEST_CASE("a responses request is understood in each form of its input") {
  const auto text = openai::decode_responses_request(R"({"model":"m","input":"hi"})");
  REQUIRE(text.ok());
  CHECK(text->chat.messages == std::vector<Message>{{"user", "hi", 0, {}, ""}});
  const auto items = openai::decode_responses_request(
      R"({"model":"m","instructions":"be brief","input":[
        {"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image"}]},
        {"type":"reasoning","id":"rs_1","summary":[]},
        {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
        {"type":"function_call_output","call_id":"c","output":"sunny"}]})");
  REQUIRE(items.ok());
  REQUIRE(items->chat.messages.size() == 5);
  CHECK(items->chat.messages[0].role == "developer");
  CHECK(items->chat.messages[1].images == 1);
  CHECK(items->chat.messages[3].tool_calls.front().name == "f");
  CHECK(items->chat.messages[4].tool_call_id == "c");
  CHECK(items->input_items.items().size() == 4);
}

TEST_CASE("what is wrong with a responses request is named by its place") {
  CHECK(where_of(R"({"input":"x"})") == "/model");
  CHECK(where_of(R"({"model":"m"})") == "/input");
  CHECK(where_of(R"({"model":"m","input":5})") == "/input");
  CHECK(where_of(R"({"model":"m","input":[7]})") == "/input/0");
  CHECK(where_of(R"({"model":"m","input":"x","max_output_tokens":0})") == "/max_output_tokens");
  CHECK(where_of(R"({"model":"m","input":"x","text":{"format":{"type":"xml"}}})") ==
        "/text/format/type");
  CHECK(where_of(R"({"model":"m","input":"x","background":true,"store":false})") == "/background");
}

TEST_CASE("a response repeats what was asked, and its defaults") {
  const auto request = openai::decode_responses_request(
      R"({"model":"m","input":"x","metadata":{"a":"b"},"temperature":0.5})");
  ResponsesReply reply = blank();
  reply.text = "hello";
  reply.usage = Usage{3, 1, 2, 0};
  reply.echo = request->echo;
  const auto body = json::parse(openai::encode_response(reply));
  CHECK(body->find("temperature")->as_double() == 0.5);
  CHECK(body->find("top_p")->as_double() == 1);
  CHECK(body->find("metadata")->find("a")->as_string() == "b");
  CHECK(body->find("error")->is_null());
  const auto back = openai::decode_response(openai::encode_response(reply));
  REQUIRE(back.ok());
  CHECK(back->text == "hello");
  CHECK(back->usage == reply.usage);
}

TEST_CASE("a response that is not finished has neither output nor usage") {
  for (const ResponseStatus status :
       {ResponseStatus::Queued, ResponseStatus::InProgress, ResponseStatus::Cancelled}) {
    ResponsesReply reply = blank();
    reply.status = status;
    reply.text = "not yet";
    reply.usage = Usage{1, 0, 1, 0};
    const auto back = openai::decode_response(openai::encode_response(reply));
    CHECK(back->status == status);
    CHECK(back->text.empty());
    CHECK_FALSE(back->usage.has_value());
  }
}

TEST_CASE("a streamed response has its events in order, numbered without a gap") {
  openai::ResponseStreamWriter writer(blank(), true);
  std::string stream = writer.begin();
  stream += writer.delta("hel");
  stream += writer.delta("lo \"you\"\n");
  stream += writer.end(ResponseStatus::Completed, {3, 0, 4, 2});
  const auto events = events_of(stream);
  std::string text;
  std::vector<std::string> types;
  for (std::size_t i = 0; i < events.size(); ++i) {
    CHECK(events[i].sequence == static_cast<std::int64_t>(i));
    text += events[i].delta;
    types.push_back(events[i].type);
  }
  CHECK(text == "hello \"you\"\n");
  CHECK(types.front() == "response.created");
  REQUIRE(types.back() == "response.completed");
  REQUIRE(events.back().reply.has_value());
  CHECK(events.back().reply->text == text);
  CHECK(events.back().reply->usage == Usage{3, 0, 4, 2});
  CHECK(writer.reply().status == ResponseStatus::Completed);
}

TEST_CASE("a streamed call of a function ends with all its arguments") {
  ResponsesReply reply = blank();
  reply.tool_calls.push_back({"call_1", "weather", ""});
  openai::ResponseStreamWriter writer(reply, false);
  std::string stream = writer.begin();
  stream += writer.delta("{\"city\":");
  stream += writer.delta("1}");
  stream += writer.end(ResponseStatus::Incomplete, {});
  const auto events = events_of(stream);
  CHECK(events.back().type == "response.incomplete");
  CHECK(events.back().reply->tool_calls.front() == ToolCall{"call_1", "weather", "{\"city\":1}"});
}

TEST_CASE("an error event is an error") {
  const auto event = openai::decode_response_event(R"({"type":"error","message":"overloaded"})");
  REQUIRE_FALSE(event.ok());
  CHECK(event.error().what == "overloaded");
}
