#include <algorithm>
#include <catch2/catch.hpp>
#include <mutex>
#include <regex>

#include "harness/base/text.hpp"
#include "harness/wire/call_header.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/planned_header.hpp"
#include "harness/wire/sse.hpp"
#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;
using Catch::Contains;

namespace {

const std::string kChat =
    R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello."}])";

// The records of a server's calls, readable once the server has stopped.
struct Records {
  std::shared_ptr<std::vector<CallRecord>> all = std::make_shared<std::vector<CallRecord>>();
  std::function<void(const CallRecord&)> sink() const {
    return [all = all](const CallRecord& call) { all->push_back(call); };
  }
};

std::string header(const wire::CallHeader& call) {
  return "x-rehearse-call: " + wire::call_header_text(call) + "\r\n";
}

wire::CallHeader image_prompt() {
  wire::CallHeader call;
  call.seed = 7;
  call.job = 42;
  call.stage = "image_prompt";
  call.input_tokens = 900;
  call.output_tokens = 31;
  return call;
}

std::string fault(const std::string& name) {
  return R"({"faults":{")" + name + R"(":{"probability":1}}})";
}

}  // namespace

TEST_CASE("a call that names its draw gets the same bytes on every server, and what was drawn") {
  const std::string asks = header(image_prompt());
  auto other = options(200);
  other.seed = 99;
  const auto a = start(options());
  const auto b = start(std::move(other));
  const auto first = call(*a, "POST", "/openai/v1/chat/completions", kChat + "}", asks);
  const auto again = call(*a, "POST", "/openai/v1/chat/completions", kChat + "}", asks);
  const auto elsewhere = call(*b, "POST", "/v1/chat/completions", kChat + "}", asks);
  CHECK(first.body == again.body);
  CHECK(first.body == elsewhere.body);
  CHECK(first.headers.at("x-request-id") != again.headers.at("x-request-id"));
  const auto reply = wire::openai::decode_chat_reply(first.body);
  REQUIRE(reply);
  CHECK(reply->usage->input_tokens == 900);
  CHECK(reply->usage->output_tokens == 31);
  CHECK(reply->choices.at(0).text.size() == 4 * 31);
}

TEST_CASE("the model plans the same call in the server and outside of it") {
  Records records;
  auto watched = options();
  watched.sink = records.sink();
  const Mount openai = watched.mounts[0];
  const auto server = start(std::move(watched));
  wire::CallHeader asks = image_prompt();
  asks.output_tokens.reset();
  const std::string body = kChat + R"(,"max_tokens":100})";
  const auto whole = call(*server, "POST", "/openai/v1/chat/completions", body, header(asks));
  const auto stream = call(*server, "POST", "/openai/v1/chat/completions",
                           kChat + R"(,"max_tokens":100,"stream":true})", header(asks));
  const auto stranger = call(*server, "POST", "/openai/v1/chat/completions", body);
  server->stop();
  REQUIRE(records.all->size() == 3);
  const CallRecord& seen = records.all->front();

  latency::ProviderModel model(openai.profile, {});
  latency::Ticket ticket;
  CallFeatures features;
  features.operation = "chat";
  features.model = "gpt-4o-mini";
  features.input_tokens = 900;
  features.max_tokens = 100;
  model.arrive(ticket, {7, 42, hash_name("image_prompt"), 0, 0}, features, 1, false, Instant());
  CHECK(seen.usage == ticket.plan.usage);
  CHECK(seen.cost == ticket.plan.cost);
  CHECK(seen.truncated == ticket.plan.truncated);
  CHECK(seen.done - seen.started >= ticket.plan.total);
  const std::string planned(wire::kPlannedHeaderName);
  CHECK(whole.headers.at(planned) == wire::planned_header_text(ticket.plan.total));
  CHECK(stream.headers.at(planned) == wire::planned_header_text(ticket.plan.total));
  CHECK(stranger.headers.count(planned) == 0);
  CHECK(seen.stage == "image_prompt");
  CHECK(seen.job == 42);
  CHECK(seen.end == CallEnd::Answered);
}

TEST_CASE("a header that cannot be read is a bad request") {
  const auto server = start(options());
  CHECK(call(*server, "POST", "/v1/chat/completions", kChat + "}", "x-rehearse-call: what\r\n")
            .status == 400);
}

TEST_CASE("a stream has the text of the plain answer, and never comes earlier than planned") {
  Records records;
  auto watched = options(100);
  watched.sink = records.sink();
  const Mount openai = watched.mounts[0];
  const auto server = start(std::move(watched));
  const std::string asks = header(image_prompt());
  const auto plain = call(*server, "POST", "/v1/chat/completions", kChat + "}", asks);
  const auto streamed =
      call(*server, "POST", "/v1/chat/completions",
           kChat + R"(,"stream":true,"stream_options":{"include_usage":true}})", asks);
  CHECK(streamed.headers.at("content-type") == "text/event-stream");
  wire::SseParser parser;
  std::vector<wire::SseEvent> events;
  REQUIRE(parser.feed(streamed.body, events));
  std::string text;
  std::int64_t tokens = 0;
  for (const wire::SseEvent& event : events) {
    const auto chunk = wire::openai::decode_chat_chunk(event.data);
    REQUIRE(chunk);
    text += chunk->text;
    tokens += chunk->usage ? chunk->usage->output_tokens : 0;
  }
  CHECK(events.back().data == "[DONE]");
  CHECK(tokens == 31);
  CHECK(text == wire::openai::decode_chat_reply(plain.body)->choices.at(0).text);
  server->stop();

  latency::ProviderModel model(openai.profile, {});
  latency::Ticket ticket;
  CallFeatures features;
  features.operation = "chat";
  features.model = "gpt-4o-mini";
  features.input_tokens = 900;
  features.output_tokens = 31;
  features.stream = true;
  model.arrive(ticket, {7, 42, hash_name("image_prompt"), 0, 0}, features, 1, false, Instant());
  const CallRecord& seen = records.all->at(1);
  CHECK(seen.first_chunk - seen.started >= ticket.plan.first_token);
  CHECK(seen.done - seen.started >= ticket.plan.total);
}

TEST_CASE("a call past its limit is refused with the provider's headers") {
  auto limited = options(1);
  limited.mounts = {mount("openai", "openai", R"({"limits":{"rpm":1}})")};
  const auto server = start(std::move(limited));
  RawClient first(*server);
  first.send(request("POST", "/v1/chat/completions", kChat + "}"));
  RawClient second(*server);
  const auto allowed =
      server->stats();  // the first request has been read by then, or is read first
  static_cast<void>(allowed);
  second.send(request("POST", "/v1/chat/completions", kChat + "}"));
  const auto answers = {second.answer(), first.answer()};
  const auto refused = std::find_if(answers.begin(), answers.end(),
                                    [](const auto& answer) { return answer.status == 429; });
  REQUIRE(refused != answers.end());
  CHECK_THAT(refused->body, Contains("rate_limit_exceeded") && Contains("\"requests\"") &&
                                Contains("Please try again in"));
  CHECK(refused->headers.at("x-ratelimit-limit-requests") == "1");
  CHECK(refused->headers.at("x-ratelimit-remaining-requests") == "0");
  CHECK(refused->headers.count("retry-after-ms") == 1);
}

TEST_CASE("waits that a refusal names shrink with the speed") {
  auto limited = options(60);
  limited.mounts = {mount("openai", "openai", R"({"limits":{"rpd":1}})")};
  const auto server = start(std::move(limited));
  CHECK(call(*server, "POST", "/v1/chat/completions", kChat + "}").status == 200);
  const auto refused = call(*server, "POST", "/v1/chat/completions", kChat + "}");
  REQUIRE(refused.status == 429);
  const long wait_ms = std::stol(refused.headers.at("retry-after-ms"));
  CHECK(wait_ms > 0);
  CHECK(wait_ms <= 86'400'000 / 60);
}

TEST_CASE("a fault with a status carries the provider's own error") {
  auto broken = options();
  broken.mounts = {mount("openai", "openai", fault("overloaded"))};
  const auto server = start(std::move(broken));
  for (const std::string stream : {"false", "true"}) {
    const auto answer = call(*server, "POST", "/v1/chat/completions",
                             kChat + ",\"stream\":" + stream + "}", header(image_prompt()));
    CHECK(answer.status == 503);
    CHECK_THAT(answer.body, Contains("service_unavailable") && Contains("overloaded"));
  }
}

TEST_CASE("connections break before, inside and at the end of an answer") {
  const auto ends_of = [](const std::string& name, bool stream) {
    auto broken = options();
    broken.mounts = {mount("openai", "openai", fault(name))};
    const auto server = start(std::move(broken));
    RawClient client(*server);
    client.send(request("POST", "/v1/chat/completions",
                        kChat + (stream ? R"(,"stream":true})" : "}"),
                        "connection: close\r\n" + header(image_prompt())));
    std::string all = client.to_end();
    return std::pair(all, client.was_reset());
  };
  SECTION("before") {
    const auto [all, reset] = ends_of("connection_reset", false);
    CHECK(all.empty());
    CHECK(reset);
  }
  SECTION("inside a stream") {
    const auto [all, reset] = ends_of("reset_in_stream", true);
    CHECK(reset);
    CHECK_THAT(all, !Contains("[DONE]"));
  }
  SECTION("inside a whole answer") {
    const auto [all, reset] = ends_of("reset_in_stream", false);
    CHECK_THAT(all, Contains("HTTP/1.1 200"));
    CHECK_THAT(all, !Contains("total_tokens"));
    CHECK(reset);
  }
  SECTION("a stream that ends early, as if it were complete") {
    const auto [all, reset] = ends_of("truncated", true);
    CHECK_THAT(all, Catch::EndsWith("0\r\n\r\n"));
    CHECK_THAT(all, !Contains("[DONE]"));
    CHECK(!reset);
  }
  SECTION("an answer that ends early") {
    const auto [all, reset] = ends_of("truncated", false);
    CHECK_THAT(all, Contains("HTTP/1.1 200"));
    CHECK_THAT(all, !Catch::EndsWith("0\r\n\r\n"));
    CHECK(!reset);
  }
  SECTION("an answer that cannot be read") {
    const auto [all, reset] = ends_of("malformed", false);
    CHECK(!wire::openai::decode_chat_reply(all.substr(all.find("\r\n\r\n") + 4)));
    CHECK(!reset);
  }
}

TEST_CASE("25 MB of audio are heard") {
  const auto server = start(options());
  std::string body =
      "--b\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
      "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n\r\n";
  body += std::string(25u << 20, 'x') + "\r\n--b--\r\n";
  RawClient client(*server);
  client.send(
      "POST /v1/audio/transcriptions HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; "
      "boundary=b\r\ncontent-length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  const auto answer = client.answer();
  CHECK(answer.status == 200);
  CHECK_THAT(answer.body, Contains("\"text\""));
}

TEST_CASE("calls of an app are told apart by job, rule and ordinal") {
  Records records;
  auto app = options();
  app.sink = records.sink();
  StageMatch title;
  title.stage = "title";
  title.body_contains = "title";
  title.output_tokens = Distribution::constant(5);
  StageMatch second;
  second.stage = "again";
  second.operation = "chat";
  second.nth = 3;
  app.mounts[0].stages = {title, second};
  app.mounts[0].stage_times = {{hash_name("title"), Distribution::constant(2)}};
  const auto server = start(std::move(app));
  const std::string titled =
      R"({"model":"gpt-4o","messages":[{"role":"user","content":"title?"}]})";
  for (const std::string job : {"/job/3/openai", "/job/4/openai"}) {
    RawClient client(*server);
    for (const std::string& body : {titled, kChat + "}", titled, kChat + "}"}) {
      client.send(request("POST", job + "/v1/chat/completions", body));
      CHECK(client.answer().status == 200);
    }
  }
  server->stop();
  REQUIRE(records.all->size() == 8);
  const auto& all = *records.all;
  CHECK(all[0].job == 3);
  CHECK(all[4].job == 4);
  CHECK(all[0].stage == "title");
  CHECK(all[0].usage.output_tokens == 5);
  CHECK(all[0].done - all[0].started >= Duration::seconds(2));
  CHECK(all[1].stage.empty());
  CHECK(all[2].stage == "title");
  CHECK(all[2].item == 1);
  CHECK(all[3].stage.empty());
}

TEST_CASE("the same app calls get the same answers on another server of that seed") {
  std::vector<std::string> bodies;
  for (int i = 0; i < 2; ++i) {
    const auto server = start(options());
    const auto answer = call(*server, "POST", "/job/5/openai/v1/chat/completions", kChat + "}");
    bodies.push_back(answer.body);
  }
  CHECK(bodies[0] == bodies[1]);
}

TEST_CASE(
    "mounts without endpoints of their own answer anything, the operation in the path first") {
  Records records;
  auto watched = options();
  watched.sink = records.sink();
  const auto server = start(std::move(watched));
  CHECK(call(*server, "POST", "/backend/upload", "x").status == 200);
  CHECK(call(*server, "GET", "/agents?name=alpha").status == 200);
  CHECK(call(*server, "DELETE", "/backend/rows/1").status == 200);
  server->stop();
  CHECK(records.all->at(0).operation == "upload");
  CHECK(records.all->at(1).operation == "query");
  CHECK(records.all->at(2).provider == "backend");
}

TEST_CASE("at the root stands the mount that is named like the words spoken there") {
  auto many = options();
  many.mounts.insert(many.mounts.begin(), {mount("anthropic", "anthropic"), mount("cdn", "cdn")});
  Records records;
  many.sink = records.sink();
  const auto server = start(std::move(many));
  CHECK(call(*server, "POST", "/v1/chat/completions", kChat + "}").status == 200);
  CHECK(call(*server, "GET", "/agents").status == 200);
  server->stop();
  CHECK(records.all->at(0).provider == "openai");
  CHECK(records.all->at(1).provider == "backend");
}

TEST_CASE("the server tells what it did") {
  auto patient = options();
  patient.pace_ceiling = Duration::seconds(3600);  // however busy the machine is
  const auto server = start(std::move(patient));
  call(*server, "POST", "/v1/chat/completions", kChat + R"(,"stream":true})");
  call(*server, "POST", "/v1/chat/completions",
       R"({"model":"nobody","messages":[{"role":"user","content":"?"}]})");
  const auto answer = call(*server, "GET", "/__rehearse/stats");
  CHECK_THAT(answer.body, Contains("\"answered\":1") && Contains("\"refused\":1"));
  CHECK_THAT(answer.body, Contains("\"pace\":{\"valid\":true,\"ceiling_ms\":3600000"));
  const Pace pace = server->stats().pace;
  CHECK(pace.chunks.count() > 1);
  CHECK(pace.answers.count() == 0);
  CHECK(pace.held_back == 0);
}
