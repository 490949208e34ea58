#include <catch2/catch.hpp>
#include <thread>

#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;
using Catch::Contains;

TEST_CASE("a pace is invalid where enough chunks are later than its ceiling at p99") {
  Pace pace;
  pace.ceiling = Duration::milliseconds(5);
  CHECK(pace.valid());
  pace.chunks.record(1'000'000, 1'000);
  pace.chunks.record(90'000'000, 9);
  CHECK(pace.valid());  // fewer than one in a hundred
  CHECK(pace.trouble().empty());
  pace.chunks.record(90'000'000, 91);
  CHECK(!pace.valid());
  CHECK_THAT(pace.trouble(), Contains("late by 89.9") && Contains("ceiling is 5.000 ms"));
  CHECK_THAT(pace_json(pace), Contains("\"valid\":false") && Contains("\"ceiling_ms\":5"));
  CHECK_THAT(pace_text(pace), Contains("INVALID") && Contains("1100 chunks late by 1.000 ms"));
}

TEST_CASE("a few chunks decide nothing, and whole answers never do") {
  Pace pace;
  pace.chunks.record(1'000'000'000, Pace::kLeast - 1);
  pace.answers.record(1'000'000'000, 10'000);
  CHECK(pace.valid());
  pace.chunks.record(1'000'000'000);
  CHECK(!pace.valid());
}

TEST_CASE("every chunk and every whole answer of a call counts once, refusals do not") {
  auto one = options(100);
  one.mounts = {mount("openai", "openai", R"({"operations":{"chat":{"tokens_per_chunk":1}}})")};
  const auto server = start(std::move(one));
  const std::string stream =
      R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"?"}],"max_tokens":7,)"
      R"("stream":)";
  const auto streamed = call(*server, "POST", "/v1/chat/completions", stream + "true}",
                             "x-rehearse-call: 1/0/a/0/0;output_tokens=7\r\n");
  CHECK(streamed.status == 200);
  CHECK(call(*server, "POST", "/v1/chat/completions", stream + "false}").status == 200);
  CHECK(
      call(*server, "POST", "/v1/chat/completions", R"({"model":"nobody","messages":[]})").status !=
      200);
  const Pace pace = server->stats().pace;
  CHECK(pace.chunks.count() == 7);
  CHECK(pace.answers.count() == 1);
  CHECK(pace.chunks.max() > 0);
}

TEST_CASE("a server that is held up says so: its pace becomes invalid") {
  auto slow = options(1);
  slow.mounts = {mount("openai", "openai",
                       R"({"operations":{"chat":{"tokens_per_chunk":1,"output_tokens":200,)"
                       R"("models":{"gpt-4o-mini":{"first_token":"1ms",)"
                       R"("per_output_token":"1ms"}}}}})")};
  slow.pace_ceiling = Duration::milliseconds(20);
  // Whoever hears of a call holds up all others; that is what a sink must not do.
  slow.sink = [](const CallRecord& record) {
    if (record.operation == "chat" && record.usage.output_tokens < 50) {
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
    }
  };
  const auto server = start(std::move(slow));
  RawClient client(*server);
  client.send(
      request("POST", "/v1/chat/completions",
              R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"?"}],"stream":true})",
              "x-rehearse-call: 1/0/a/0/0;output_tokens=200\r\n"));
  client.until("\"content\":\"");
  CHECK(call(*server, "POST", "/v1/chat/completions",
             R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"?"}],"max_tokens":3})",
             "x-rehearse-call: 1/1/b/0/0;output_tokens=3\r\n")
            .status == 200);
  client.until("[DONE]");
  const Pace pace = server->stats().pace;
  CHECK(pace.chunks.count() == 200);
  CHECK(!pace.valid());
  CHECK_THAT(call(*server, "GET", "/__rehearse/stats").body,
             Contains("\"pace\":{\"valid\":false,\"ceiling_ms\":20"));
}
