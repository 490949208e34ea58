#include <algorithm>
#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/anthropic_error.hpp"
#include "harness/wire/anthropic_models.hpp"
#include "harness/wire/call_header.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_embedding.hpp"
#include "harness/wire/gemini_error.hpp"
#include "harness/wire/gemini_image.hpp"
#include "harness/wire/gemini_models.hpp"
#include "harness/wire/stability.hpp"
#include "harness/wire/time_text.hpp"
#include "tests/server/support.hpp"

// Anthropic, Gemini and Stability as their clients see them.

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;
using Catch::Contains;

namespace {

const std::string kVersion = "anthropic-version: 2023-06-01\r\n";
const std::string kMessage =
    R"({"model":"claude-sonnet-4-6","max_tokens":200,"messages":[{"role":"user","content":"Hi."}])";
const std::string kContents = R"({"contents":[{"role":"user","parts":[{"text":"Hi there."}]}])";
const std::string kGemini = "/gemini/v1beta/models/gemini-2.5-flash";

std::string fault(const std::string& name) {
  return R"({"faults":{")" + name + R"(":{"probability":1}}})";
}

std::unique_ptr<MockServer> serve(const std::string& profile, const std::string& change = "",
                                  bool require_key = false) {
  MockServer::Options out;
  out.mounts = {mount("openai", "openai"), mount(profile, profile, change)};
  out.speed = 1000;
  out.require_key = require_key;
  return start(std::move(out));
}

std::vector<wire::SseEvent> events_of(const std::string& body) {
  wire::SseParser parser;
  std::vector<wire::SseEvent> events;
  REQUIRE(parser.feed(body, events).ok());
  CHECK(parser.at_boundary());
  return events;
}

// Width and height of a PNG's header.
std::string png_size(const std::string& bytes) {
  REQUIRE(bytes.size() > 24);
  REQUIRE(bytes.compare(1, 3, "PNG") == 0);
  const auto number = [&bytes](std::size_t at) {
    int value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
      value = value * 256 + static_cast<unsigned char>(bytes[i]);
    }
    return std::to_string(value);
  };
  return number(16) + "x" + number(20);
}

}  // namespace

TEST_CASE("an Anthropic stream has the words of the plain answer, in the order of its blocks") {
  const auto server = serve("anthropic");
  const std::string asks = kVersion + "x-rehearse-call: 1/2/write/0/0;output_tokens=60\r\n";
  const std::string more =
      R"(,"thinking":{"type":"adaptive"},"tools":[{"name":"look","input_schema":{}}],)"
      R"("tool_choice":{"type":"any"})";
  for (const std::string& body : {kMessage, kMessage + more}) {
    const auto plain = call(*server, "POST", "/anthropic/v1/messages", body + "}", asks);
    REQUIRE(plain.status == 200);
    CHECK(plain.headers.at("content-type") == "application/json");
    const auto reply = wire::anthropic::decode_chat_reply(plain.body);
    REQUIRE(reply);
    const auto streamed = call(*server, "POST", "/v1/messages", body + R"(,"stream":true})", asks);
    CHECK(streamed.headers.at("content-type") == "text/event-stream");
    wire::anthropic::ChatStreamReader reader;
    wire::ChatReply seen;
    seen.choices.resize(1);
    std::string arguments;
    bool done = false;
    for (const wire::SseEvent& event : events_of(streamed.body)) {
      CHECK_FALSE(event.event.empty());
      const auto chunk = reader.read(event);
      REQUIRE(chunk);
      seen.choices[0].text += chunk->text;
      seen.choices[0].thinking += chunk->thinking;
      arguments += chunk->arguments;
      seen.choices[0].finish = chunk->finish.value_or(seen.choices[0].finish);
      seen.usage = chunk->usage ? chunk->usage : seen.usage;
      done = done || chunk->done;
    }
    CHECK(done);
    CHECK(seen.choices[0].text == reply->choices[0].text);
    CHECK(seen.choices[0].thinking == reply->choices[0].thinking);
    CHECK(seen.choices[0].finish == reply->choices[0].finish);
    CHECK(seen.usage == reply->usage);
    CHECK(seen.usage->output_tokens == 60);
    if (body != kMessage) {
      CHECK(reply->choices[0].tool_calls.at(0).name == "look");
      CHECK_FALSE(arguments.empty());
      CHECK_FALSE(reply->choices[0].signature.empty());
    }
  }
}

TEST_CASE("Anthropic's answers end for their length, or before a stop sequence that comes up") {
  const auto server = serve("anthropic");
  const auto ask = [&](const std::string& body) {
    return wire::anthropic::decode_chat_reply(
        call(*server, "POST", "/anthropic/v1/messages", body, kVersion).body);
  };
  const std::string start =
      R"({"model":"claude-haiku-4-5","messages":[{"role":"user","content":"x"}],)";
  const auto cut = ask(start + R"("max_tokens":3})");
  REQUIRE(cut);
  CHECK(cut->choices[0].finish == wire::FinishReason::Length);
  CHECK(cut->usage->output_tokens == 3);
  const auto stopped = ask(start + R"("max_tokens":100000,"stop_sequences":["zebra","."]})");
  REQUIRE(stopped);
  CHECK(stopped->choices[0].stop_text == ".");
  CHECK(stopped->choices[0].text.find('.') == std::string::npos);
  CHECK(stopped->usage->output_tokens == wire::token_count(stopped->choices[0].text.size()));
  const auto whole = ask(start + R"("max_tokens":100000,"stop_sequences":["zebra"]})");
  CHECK(whole->choices[0].stop_text.empty());
}

TEST_CASE("Anthropic tells where every limit stands, on answers and refusals, and who it was") {
  const auto server = serve("anthropic", R"({"operations":{"chat":{"limits":{"rpm":2}}}})");
  const auto first = call(*server, "POST", "/anthropic/v1/messages", kMessage + "}", kVersion);
  CHECK(first.headers.at("anthropic-ratelimit-requests-limit") == "2");
  CHECK(first.headers.at("anthropic-ratelimit-requests-remaining") == "1");
  CHECK(wire::parse_rfc3339(first.headers.at("anthropic-ratelimit-requests-reset")));
  for (const char* what : {"tokens", "input-tokens", "output-tokens"}) {
    const std::string name = std::string("anthropic-ratelimit-") + what;
    CHECK(std::stoll(first.headers.at(name + "-remaining")) <=
          std::stoll(first.headers.at(name + "-limit")));
  }
  CHECK(first.headers.count("x-ratelimit-limit-requests") == 0);
  CHECK(first.headers.at("request-id").starts_with("req_"));
  auto refused = first;
  for (int i = 0; i < 20 && refused.status == 200; ++i) {
    refused = call(*server, "POST", "/anthropic/v1/messages", kMessage + "}", kVersion);
  }
  REQUIRE(refused.status == 429);
  const wire::ApiError error = wire::anthropic::decode_error(429, refused.body);
  CHECK(error.type == "rate_limit_error");
  CHECK(error.request_id == refused.headers.at("request-id"));
  CHECK(std::stoi(refused.headers.at("retry-after")) >= 1);
  CHECK(refused.headers.count("retry-after-ms") == 0);
}

TEST_CASE("Anthropic wants its version, its key and its own paths") {
  const auto server = serve("anthropic");
  const auto status = [&](std::string_view method, std::string_view path, const std::string& body,
                          const std::string& headers) {
    return call(*server, method, path, body, headers);
  };
  CHECK_THAT(status("POST", "/anthropic/v1/messages", kMessage + "}", "").body,
             Contains("anthropic-version: header is required"));
  CHECK(status("POST", "/anthropic/v1/messages", "{}", kVersion).status == 400);
  CHECK_THAT(status("POST", "/anthropic/v1/messages", R"({"max_tokens":5})", kVersion).body,
             Contains("messages: Field required"));
  CHECK(status("GET", "/anthropic/v1/messages", "", kVersion).status == 405);
  CHECK_THAT(status("POST", "/anthropic/v1/no", "{}", kVersion).body, Contains("not_found_error"));
  CHECK_THAT(status("POST", "/anthropic/v1/messages",
                    R"({"model":"no","max_tokens":5,"messages":[{"role":"user","content":"x"}]})",
                    kVersion)
                 .body,
             Contains("model: no"));
  const auto count = status("POST", "/v1/messages/count_tokens", kMessage + "}", kVersion).body;
  CHECK(*wire::anthropic::decode_token_count(count) == 1);
  const auto models =
      wire::anthropic::decode_models(status("GET", "/v1/models", "", kVersion).body);
  REQUIRE(models);
  CHECK(std::count(models->begin(), models->end(), "claude-sonnet-4-6") == 1);
  CHECK_THAT(status("GET", "/v1/models", "", "").body, Contains("gpt-4o"));
  CHECK(status("GET", "/v1/models/claude-haiku-4-5-20251001", "", kVersion).status == 200);
  CHECK(status("GET", "/anthropic/v1/models/no", "", kVersion).status == 404);
  // Its part that speaks OpenAI's words.
  CHECK_THAT(
      status("POST", "/anthropic/v1/chat/completions",
             R"({"model":"claude-sonnet-4-6","messages":[{"role":"user","content":"x"}]})", "")
          .body,
      Contains("chat.completion"));

  const auto locked = serve("anthropic", "", true);
  const auto without = call(*locked, "POST", "/v1/messages", kMessage + "}", kVersion);
  CHECK(without.status == 401);
  CHECK(wire::anthropic::decode_error(401, without.body).type == "authentication_error");
  for (const char* key : {"x-api-key: k\r\n", "authorization: Bearer k\r\n"}) {
    CHECK(call(*locked, "POST", "/v1/messages", kMessage + "}", kVersion + key).status == 200);
  }
}

TEST_CASE("every fault with a status comes in its provider's own words") {
  struct Case {
    const char* profile;
    const char* name;
    int status;
    const char* says;
  };
  for (const Case& c : {Case{"anthropic", "overloaded", 529, "overloaded_error"},
                        {"anthropic", "server_error", 500, "api_error"},
                        {"anthropic", "timeout", 504, "timeout_error"},
                        {"anthropic", "request_too_large", 413, "request_too_large"},
                        {"anthropic", "permission_denied", 403, "permission_error"},
                        {"gemini", "overloaded", 503, "UNAVAILABLE"},
                        {"gemini", "wrong_region", 400, "FAILED_PRECONDITION"},
                        {"gemini", "rate_limited", 429, "google.rpc.QuotaFailure"},
                        {"stability", "content_moderation", 403, "content_moderation"},
                        {"stability", "no_credits", 402, "payment_required"},
                        {"stability", "rate_limited", 429, "rate_limit_exceeded"}}) {
    INFO(c.profile << ' ' << c.name);
    const auto server = serve(c.profile, fault(c.name));
    const std::string profile = c.profile;
    wire::stability::PictureRequest picture;
    picture.image.model = "sdxl";
    picture.image.prompt = "x";
    const auto answer =
        profile == "anthropic" ? call(*server, "POST", "/v1/messages", kMessage + "}", kVersion)
        : profile == "gemini" ? call(*server, "POST", kGemini + ":generateContent", kContents + "}")
                              : call(*server, "POST", "/stability/v1/generation/sdxl/text-to-image",
                                     wire::stability::encode_picture_request(picture).body);
    CHECK(answer.status == c.status);
    CHECK(answer.headers.at("content-type") == "application/json");
    CHECK_THAT(answer.body, Contains(c.says));
  }
}

TEST_CASE("Gemini answers whole, as events and as one array that is JSON in the end") {
  const auto server = serve("gemini");
  const std::string asks = "x-rehearse-call: 1/2/write/0/0;output_tokens=200\r\n";
  const auto plain = call(*server, "POST", kGemini + ":generateContent", kContents + "}", asks);
  REQUIRE(plain.status == 200);
  const auto reply = wire::gemini::decode_chat_reply(plain.body);
  REQUIRE(reply);
  CHECK(reply->choices.at(0).text.size() == 4 * 200);
  const auto events =
      call(*server, "POST", "/v1/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
           kContents + "}", asks);
  CHECK(events.headers.at("content-type") == "text/event-stream");
  CHECK_THAT(events.body, !Contains("[DONE]"));
  std::string text;
  std::optional<wire::Usage> usage;
  int finishes = 0;
  for (const wire::SseEvent& event : events_of(events.body)) {
    CHECK(event.event.empty());
    const auto chunk = wire::gemini::decode_chat_chunk(event.data);
    REQUIRE(chunk);
    text += chunk->text;
    usage = chunk->usage;
    finishes += chunk->finish ? 1 : 0;
  }
  CHECK(text == reply->choices[0].text);
  CHECK(usage == reply->usage);
  CHECK(finishes == 1);
  const auto array =
      call(*server, "POST", kGemini + ":streamGenerateContent", kContents + "}", asks);
  CHECK(array.headers.at("content-type") == "application/json");
  const auto parsed = json::parse(array.body);
  REQUIRE(parsed);
  std::string joined;
  for (const json::Value& item : parsed->items()) {
    joined += wire::gemini::decode_chat_chunk(json::dump(item))->text;
  }
  CHECK(joined == text);
}

TEST_CASE("Gemini thinks, calls functions and writes JSON where it is asked to") {
  const auto server = serve("gemini");
  const auto ask = [&](const std::string& rest) {
    const auto answer = call(*server, "POST", kGemini + ":generateContent", kContents + rest + "}",
                             "x-rehearse-call: 1/2/write/0/0;output_tokens=80\r\n");
    REQUIRE(answer.status == 200);
    return *wire::gemini::decode_chat_reply(answer.body);
  };
  const auto thinks =
      ask(R"(,"generationConfig":{"thinkingConfig":{"thinkingBudget":30,"includeThoughts":true}})");
  CHECK(thinks.usage->reasoning_tokens == 30);
  CHECK(thinks.usage->output_tokens == 80);
  CHECK(thinks.choices[0].thinking.size() == 4 * 30);
  CHECK(thinks.choices[0].text.size() == 4 * 50);
  const auto hides = ask(R"(,"generationConfig":{"thinkingConfig":{"thinkingBudget":30}})");
  CHECK(hides.choices[0].thinking.empty());
  CHECK(hides.usage->reasoning_tokens == 30);
  const auto json_text = ask(R"(,"generationConfig":{"responseMimeType":"application/json"})");
  CHECK(json::parse(json_text.choices[0].text));
  const auto calls = ask(R"(,"tools":[{"functionDeclarations":[{"name":"look"}]}],)"
                         R"("toolConfig":{"functionCallingConfig":{"mode":"ANY"}})");
  REQUIRE(calls.choices[0].tool_calls.size() == 1);
  CHECK(calls.choices[0].tool_calls[0].name == "look");
  const auto two = ask(R"(,"generationConfig":{"candidateCount":2})");
  CHECK(two.choices.size() == 2);
  const auto cut = ask(R"(,"generationConfig":{"maxOutputTokens":7})");
  CHECK(cut.choices[0].finish == wire::FinishReason::Length);
}

TEST_CASE("Gemini's refusals say in the body when to come back, and which quota it was") {
  const auto server = serve("gemini", R"({"operations":{"chat":{"limits":{"rpm":1}}}})");
  auto answer = call(*server, "POST", kGemini + ":generateContent", kContents + "}");
  for (int i = 0; i < 20 && answer.status == 200; ++i) {
    answer = call(*server, "POST", kGemini + ":generateContent", kContents + "}");
  }
  REQUIRE(answer.status == 429);
  const wire::ApiError error = wire::gemini::decode_error(429, answer.body);
  CHECK(error.code == "RESOURCE_EXHAUSTED");
  CHECK(error.retry_after.has_value());
  CHECK_THAT(answer.body, Contains("\"quotaValue\": \"1\""));
  CHECK(answer.headers.count("retry-after") == 0);
  CHECK(answer.headers.count("x-ratelimit-limit-requests") == 0);
}

TEST_CASE("Gemini's other methods: pictures, vectors, tokens, models, and what it does not have") {
  const auto server = serve("gemini");
  const auto post = [&](const std::string& path, const std::string& body) {
    return call(*server, "POST", "/gemini/v1beta/models/" + path, body);
  };
  wire::ImageRequest image;
  image.model = "gemini-2.5-flash-image";
  image.prompt = "a roof";
  image.size = {1344, 768};
  const auto inlined =
      post(image.model + ":generateContent", wire::gemini::encode_image_request(image));
  REQUIRE(inlined.status == 200);
  const auto pictures = wire::gemini::decode_image_reply(inlined.body);
  REQUIRE(pictures);
  CHECK(png_size(pictures->images.at(0).bytes) == "1344x768");
  CHECK(pictures->usage->output_tokens == 1290);
  image.model = "imagen-4.0-generate-001";
  image.count = 2;
  image.size = {896, 1280};
  const auto predicted = post(image.model + ":predict", wire::gemini::encode_image_request(image));
  const auto both = wire::gemini::decode_image_reply(predicted.body);
  REQUIRE(both);
  REQUIRE(both->images.size() == 2);
  CHECK(png_size(both->images[1].bytes) == "896x1280");
  CHECK(both->images[0].bytes != both->images[1].bytes);

  const auto vectors = wire::gemini::decode_embedding_reply(
      post("gemini-embedding-001:batchEmbedContents",
           R"({"requests":[{"content":{"parts":[{"text":"a"}]},"outputDimensionality":64},)"
           R"({"content":{"parts":[{"text":"b"}]}}]})")
          .body);
  REQUIRE(vectors);
  CHECK(vectors->vectors.size() == 2);
  CHECK(vectors->vectors[0].size() == 64);
  CHECK(*wire::gemini::decode_token_count(
            post("gemini-2.5-flash:countTokens", kContents + "}").body) == 3);
  const auto models = wire::gemini::decode_models(call(*server, "GET", "/v1beta/models", "").body);
  REQUIRE(models);
  CHECK(models->size() > 8);
  CHECK_THAT(call(*server, "GET", "/v1beta/models/gemini-2.5-flash", "").body,
             Contains("models/gemini-2.5-flash"));
  CHECK(call(*server, "GET", "/gemini/v1beta/models/no", "").status == 404);
  CHECK_THAT(post("no:generateContent", kContents + "}").body, Contains("NOT_FOUND"));
  CHECK_THAT(post("gemini-2.5-flash:generateContent", "{}").body, Contains("INVALID_ARGUMENT"));
  CHECK(post("gemini-2.5-flash:fly", "{}").status == 404);
  CHECK(call(*server, "GET", "/gemini/v1beta/what", "").status == 404);

  const auto locked = serve("gemini", "", true);
  const auto without = call(*locked, "POST", kGemini + ":generateContent", kContents + "}");
  CHECK(without.status == 403);
  CHECK_THAT(without.body, Contains("PERMISSION_DENIED"));
  CHECK(call(*locked, "POST", kGemini + ":generateContent?key=k", kContents + "}").status == 200);
  CHECK(
      call(*locked, "POST", kGemini + ":generateContent", kContents + "}", "x-goog-api-key: k\r\n")
          .status == 200);
}

TEST_CASE("Stability draws the shape that it is asked for, as bytes and as JSON") {
  const auto server = serve("stability");
  const auto draw = [&](const wire::stability::PictureRequest& picture) {
    const wire::Request request = wire::stability::encode_picture_request(picture);
    RawClient client(*server);
    std::string text = "POST /stability" + request.target + " HTTP/1.1\r\nhost: x\r\n";
    client.send(text + request.headers.text() + "content-length: " +
                std::to_string(request.body.size()) + "\r\n\r\n" + request.body);
    return client.answer();
  };
  wire::stability::PictureRequest picture;
  picture.image.model = "ultra";
  picture.image.prompt = "a roof";
  picture.image.size = {1344, 768};
  picture.seed = 5;
  const auto plain = draw(picture);
  REQUIRE(plain.status == 200);
  CHECK(plain.headers.at("content-type") == "image/png");
  CHECK(plain.headers.at("finish-reason") == "SUCCESS");
  CHECK(plain.headers.at("seed") == "5");
  CHECK(png_size(plain.body) == "1344x768");
  picture.json = true;
  picture.image.model = "sd3.5-large";
  const auto inlined = draw(picture);
  CHECK(png_size(wire::stability::decode_pictures(wire::json_response(inlined.status, inlined.body))
                     ->images.at(0)
                     .bytes) == "1344x768");
  picture.image.model = "sdxl";
  picture.image.size = {512, 768};
  picture.image.count = 2;
  const auto older = draw(picture);
  const auto artifacts =
      wire::stability::decode_pictures(wire::json_response(older.status, older.body));
  REQUIRE(artifacts);
  CHECK(artifacts->images.size() == 2);
  CHECK(png_size(artifacts->images[1].bytes) == "512x768");
  picture.image.prompt.clear();
  picture.image.model = "core";
  const auto blank = draw(picture);
  CHECK(blank.status == 400);
  CHECK(wire::stability::decode_error(400, blank.body).code == "bad_request");
  CHECK_THAT(blank.body, Contains("prompt: cannot be blank"));
  CHECK(call(*server, "GET", "/stability/v2beta/stable-image/generate/core", "").status == 404);
}

TEST_CASE("a stream that is malformed or cut is so in words that its client does not skip") {
  const auto malformed = serve("anthropic", fault("malformed"));
  const auto body =
      call(*malformed, "POST", "/v1/messages", kMessage + R"(,"stream":true})", kVersion).body;
  wire::anthropic::ChatStreamReader reader;
  bool broken = false;
  for (const wire::SseEvent& event : events_of(body)) {
    CHECK_FALSE(event.event.empty());
    broken = broken || !reader.read(event).ok();
  }
  CHECK(broken);
  const auto told = serve("anthropic", fault("error_in_stream"));
  const auto events = events_of(
      call(*told, "POST", "/v1/messages", kMessage + R"(,"stream":true})", kVersion).body);
  REQUIRE(events.size() > 3);
  CHECK(events.front().event == "message_start");
  CHECK(events.back().event == "error");
  CHECK_THAT(events.back().data, Contains("overloaded_error"));
  const auto said = serve("gemini", fault("error_in_stream"));
  const std::string stream = kGemini + ":streamGenerateContent";
  const auto last =
      events_of(call(*said, "POST", stream + "?alt=sse", kContents + "}").body).back().data;
  CHECK(wire::gemini::decode_chat_chunk(last).error().where == "event stream");
  CHECK(json::parse(call(*said, "POST", stream, kContents + "}").body).ok());
  const auto cut = serve("gemini", fault("truncated"));
  const auto part =
      call(*cut, "POST", kGemini + ":streamGenerateContent?alt=sse", kContents + "}").body;
  CHECK_THAT(part, !Contains("finishReason"));
}
