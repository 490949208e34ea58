#include "harness/base/text.hpp"
#include "tests/inference/recorded_program.hpp"

// Recordings that were made up → what the scenario must say of them.

using namespace rehearse;
using namespace rehearse::test;

TEST_CASE("one call after the other is a sequential scenario with typical times") {
  RecordedProgram program(4'000);
  program.call("chat", 10, 1'010).max_tokens = 300;
  auto& image = program.call("image", 1'012, 3'995);
  image.size = "1792x1024";
  image.quality = "hd";
  const auto inferred = inferred_of({program.job("monday.rehearsal")}, "/tmp/my app.mjs");
  CHECK(stages_of(inferred) == "chat image");
  CHECK(json::dump(*inferred.scenario.find("order")) == "\"sequential\"");
  CHECK(json::dump(*inferred.scenario.find("source")) == "\"monday.rehearsal\"");
  CHECK(at(inferred, "chat/call") == "\"openai.chat\"");
  CHECK(at(inferred, "chat/model") == "\"gpt-4o\"");
  CHECK(at(inferred, "chat/time") == R"({"typical":"1s"})");
  CHECK(at(inferred, "chat/max_tokens") == "300");
  CHECK(at(inferred, "chat/input_tokens") == "100");
  CHECK(at(inferred, "chat/basis") == "\"measured\"");
  CHECK(at(inferred, "chat/match") == R"({"path":"/v1/chat/completions","model":"gpt-4o"})");
  CHECK(at(inferred, "image/size") == "\"1792x1024\"");
  CHECK(at(inferred, "image/quality") == "\"hd\"");
  CHECK(at(inferred, "image/time") == R"({"typical":"2.983s"})");
  CHECK(at(inferred, "image/after").empty());
  CHECK(at(inferred, "image/needs").empty());
  CHECK(json::dump(*inferred.scenario.find("workloads")) ==
        R"({"single":{"jobs":200,"concurrency":1,"process":"per_job"},)"
        R"("batch":{"jobs":10,"concurrency":4,"process":"per_job"}})");
  CHECK(says(inferred, "without --bodies"));
}

TEST_CASE("calls that overlap have no edge, and order is reduced to what follows from nothing") {
  RecordedProgram program(3'000);
  program.call("chat", 0, 500);
  program.call("chat", 500, 1'500).model = "gpt-4o-mini";
  program.call("image", 501, 2'500);
  program.fetch("/posts", 2'501, 2'999);
  const auto inferred = inferred_of({program.job()});
  CHECK(stages_of(inferred) == "chat chat-2 image posts");
  CHECK(inferred.scenario.find("order") == nullptr);
  CHECK(at(inferred, "chat/after").empty());
  CHECK(at(inferred, "chat-2/after") == R"(["chat"])");
  CHECK(at(inferred, "image/after") == R"(["chat"])");
  CHECK(at(inferred, "posts/after") == R"(["chat-2","image"])");
}

TEST_CASE("what overlaps in one job of several has no edge in any") {
  RecordedProgram first(2'000);
  first.call("chat", 0, 900);
  first.call("image", 901, 2'000);
  RecordedProgram second(2'000);
  second.call("chat", 0, 1'200);
  second.call("image", 901, 2'000);
  const auto inferred = inferred_of({first.job(), second.job()});
  CHECK(at(inferred, "image/after").empty());
  CHECK(inferred.scenario.find("order") == nullptr);
}

TEST_CASE("three and more of a kind in a row are a fan-out whose number may differ") {
  std::vector<inference::RecordedJob> jobs;
  for (const int count : {4, 2, 5}) {
    RecordedProgram program(100.0 + 500 * ((count + 1) / 2));
    program.call("chat", 0, 100);
    for (int i = 0; i < count; ++i) {  // two at once
      program.call("image", 100 + 500 * (i / 2), 600 + 500 * (i / 2) - 0.5 * (i % 2));
    }
    jobs.push_back(program.job());
  }
  const auto inferred = inferred_of(jobs);
  CHECK(stages_of(inferred) == "chat image");
  CHECK(at(inferred, "image/repeat") == R"({"uniform":[2,5]})");
  CHECK(at(inferred, "image/parallel") == "2");
  CHECK(at(inferred, "image/match") == R"({"path":"/v1/images/generations","model":"dall-e-3"})");
  CHECK(json::dump(*inferred.scenario.find("order")) == "\"sequential\"");
}

TEST_CASE("a loop's own time between its calls is inside its group, two in a row are two stages") {
  RecordedProgram program(1'000);
  for (int i = 0; i < 4; ++i) {
    program.call("image", 250 * i, 250 * i + 200);
  }
  const auto inferred = inferred_of({program.job()});
  CHECK(stages_of(inferred) == "image finish");
  CHECK(at(inferred, "image/repeat") == "4");
  CHECK(at(inferred, "image/parallel") == "1");
  CHECK(at(inferred, "image/stages/call/call") == "\"openai.image\"");
  CHECK(at(inferred, "image/stages/between/local/cpu") == R"({"typical":"37.5ms"})");

  RecordedProgram pair(400);
  pair.call("image", 0, 200);
  pair.call("image", 200, 400);
  const auto two = inferred_of({pair.job()});
  CHECK(stages_of(two) == "image image-2");
  CHECK(at(two, "image-2/match/nth") == "2");
}

TEST_CASE("calls of a model that ask for different things are stages of their own") {
  RecordedProgram program(900);
  program.call("chat", 0, 300).max_tokens = 1'000;
  program.call("chat", 300, 600).max_tokens = 60;
  program.call("chat", 600, 900).max_tokens = 500;
  const auto inferred = inferred_of({program.job()});
  CHECK(stages_of(inferred) == "chat chat-2 chat-3");
  CHECK(at(inferred, "chat-2/max_tokens") == "60");
  CHECK(at(inferred, "chat-3/match/nth") == "3");
}

TEST_CASE("failed attempts are folded into the call that was made again") {
  RecordedProgram program(3'000);
  auto& refused = program.call("image", 0, 50);
  refused.status = 429;
  auto& again = program.call("image", 550, 600);
  again.status = 429;
  program.call("image", 1'600, 3'000);
  const auto inferred = inferred_of({program.job()});
  CHECK(stages_of(inferred) == "image");
  CHECK(at(inferred, "image/time") == R"({"typical":"1.4s"})");
  CHECK(at(inferred, "image/retry") == "\"openai-sdk\"");
  CHECK(says(inferred, "2 failed attempts were made again"));
  const json::Value* change = inferred.scenario.find("variants")->find("as_failing");
  REQUIRE(change != nullptr);
  CHECK(json::dump(*change->find("change")->find("providers")) ==
        R"({"openai":{"change":{"faults":{"recorded_429_image":{"fault":"status","status":429,)"
        R"("operation":"image","probability":0.6667}}}}})");
  CHECK(inferred.calls.front().size() == 1);
}

TEST_CASE("a failed call that nobody made again is left out, and said") {
  RecordedProgram program(1'000);
  program.call("chat", 0, 300).status = 500;
  program.call("image", 300, 1'000);
  const auto inferred = inferred_of({program.job()});
  CHECK(stages_of(inferred) == "prepare image");
  CHECK(says(inferred, "1 failed calls that were not made again"));
}

TEST_CASE("time that no call covers is local work before, between and after") {
  RecordedProgram program(2'000);
  program.call("chat", 300, 800);
  program.call("image", 1'000, 1'900);
  const auto inferred = inferred_of({program.job()});
  CHECK(stages_of(inferred) == "prepare chat before-image image finish");
  CHECK(at(inferred, "prepare/local") == R"({"cpu":{"typical":"300ms"}})");
  CHECK(at(inferred, "before-image/local") == R"({"cpu":{"typical":"200ms"}})");
  CHECK(at(inferred, "finish/local") == R"({"cpu":{"typical":"100ms"}})");
  CHECK(json::dump(*inferred.scenario.find("order")) == "\"sequential\"");
  // A what-if may not run it aside: all calls need the start, a call what was done before it.
  CHECK(at(inferred, "chat/needs") == R"(["prepare"])");
  CHECK(at(inferred, "before-image/needs") == R"(["prepare"])");
  CHECK(at(inferred, "image/needs") == R"(["before-image"])");
  CHECK(at(inferred, "finish/needs") == R"(["chat","image"])");
  CHECK(says(inferred, "time that no call covers"));
}

TEST_CASE("gaps too small for a stage are added up, not lost") {
  RecordedProgram program(1'000);
  double at_ms = 0;
  for (int i = 0; i < 10; ++i) {  // 8 ms before each: below 1% of the job
    program.fetch("/step" + std::string(1, static_cast<char>('a' + i)), at_ms + 8, at_ms + 100);
    at_ms += 100;
  }
  const auto inferred = inferred_of({program.job()});
  double local_s = 0;
  for (const json::Member& stage : inferred.scenario.find("stages")->members()) {
    if (const json::Value* local = stage.value.find("local")) {
      local_s += parse_duration(local->find("cpu")->find("typical")->as_string())->count_s();
    }
  }
  CHECK(local_s > 0.07);
  CHECK(local_s <= 0.0801);
}

TEST_CASE("a few observations give median and spread, many their quantiles") {
  const auto jobs_of = [](int count) {
    std::vector<inference::RecordedJob> jobs;
    for (int i = 0; i < count; ++i) {
      RecordedProgram program(1'000 + 10 * i);
      auto& call = program.call("chat", 0, 1'000 + 10 * i);
      call.usage.output_tokens = 50 + i;
      jobs.push_back(program.job(std::to_string(i) + ".rehearsal"));
    }
    return jobs;
  };
  const auto few = inferred_of(jobs_of(5));
  CHECK(at(few, "chat/time") == R"({"typical":"1.02s","spread":0.016})");
  CHECK(at(few, "chat/output_tokens/typical") == "52");
  CHECK(at(few, "chat/input_tokens") == "100");
  CHECK(json::dump(*few.scenario.find("source")) ==
        R"("5 recordings, from 0.rehearsal to 4.rehearsal")");
  const auto many = inferred_of(jobs_of(21));
  CHECK(at(many, "chat/time/quantiles") ==
        R"({"0":"1s","0.05":"1.01s","0.1":"1.02s","0.25":"1.05s","0.5":"1.1s","0.75":"1.15s",)"
        R"("0.9":"1.18s","0.95":"1.19s","1":"1.2s"})");
}

TEST_CASE("a step that only some jobs have is taken by chance") {
  RecordedProgram with(2'000);
  with.call("chat", 0, 1'000);
  with.call("image", 1'000, 2'000);
  RecordedProgram without(1'000);
  without.call("chat", 0, 1'000);
  const auto inferred = inferred_of({with.job(), without.job(), without.job(), without.job()});
  CHECK(at(inferred, "image/when") == "0.25");
  CHECK(at(inferred, "chat/when").empty());
}

TEST_CASE("a service without a profile is described by its endpoints") {
  RecordedProgram program(600);
  program.fetch("/api/posts/17", 0, 100).operation = "posts";
  program.fetch("/api/posts/23", 100, 200).operation = "posts";
  auto& post = program.fetch("/api/posts", 200, 600);
  post.method = "POST";
  post.request_bytes = 9'000;
  post.status = 201;
  const auto inferred = inferred_of({program.job()});
  CHECK(stages_of(inferred) == "posts posts-2 posts-3");
  const json::Value* cms = inferred.scenario.find("providers")->find("cms");
  REQUIRE(cms != nullptr);
  const json::Value* operations = cms->find("change")->find("operations");
  CHECK(json::dump(*operations->find("posts")->find("endpoint")->find("path")) ==
        "\"/api/posts/{part3}\"");
  CHECK(json::dump(*operations->find("posts-2")->find("endpoint")->find("path")) ==
        "\"/api/posts\"");
  CHECK(json::dump(*operations->find("posts-2")->find("endpoint")->find("status")) == "201");
  CHECK(at(inferred, "posts-3/call") == "\"cms.posts-2\"");
  CHECK(at(inferred, "posts-3/bytes") == "9000");
}

TEST_CASE("a model that its profile does not know is added, for nothing, and said") {
  RecordedProgram program(1'000);
  program.call("chat", 0, 1'000).model = "gpt-99-huge";
  const auto inferred = inferred_of({program.job()});
  CHECK(says(inferred, "no price of \"gpt-99-huge\""));
  CHECK(inferred.scenario.find("providers")
            ->find("openai")
            ->find("change")
            ->find("operations")
            ->find("chat")
            ->find("models")
            ->find("gpt-99-huge") != nullptr);
}

TEST_CASE("hostile names and paths stay data") {
  RecordedProgram program(3'000);
  auto& chat = program.call("chat", 0, 1'000);
  chat.provider = "../../etc \"x\" ${job}\x1b[2J";
  chat.model = "m\"odel${1/0}\n\x01</script>";
  auto& odd = program.fetch("/a/${path}/{b}/\"c\"/\xff/*", 1'000, 2'000);
  odd.operation = "'; rm -rf ~ #";
  odd.method = "BREW";
  odd.size = "${x}";
  auto& none = program.fetch("", 2'000, 3'000);
  none.operation = "";
  none.provider = "";
  const auto inferred = inferred_of({program.job("${evil}.rehearsal")}, "${name}\n");
  const std::string text = json::dump_for_people(inferred.scenario);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x01') == std::string::npos);
  const auto file = scenarios::parse_scenario(text, "inferred", ".");
  REQUIRE(file);
  CHECK(file->name() == "name");
  const auto scenario = scenarios::instantiate(*file, {});
  REQUIRE(scenario);
  bool found = false;
  for (const scenarios::Stage& stage : scenario->stages) {
    found = found || stage.call.spec.model.constant == "m\"odel${1/0}\n\x01</script>";
  }
  CHECK(found);
}

TEST_CASE("nothing to infer from is an error with its place") {
  RecordedProgram program(1'000);
  program.call("chat", 0, 500).status = 500;
  const auto none = inference::infer({program.job("bad.rehearsal")}, "x");
  REQUIRE(!none);
  CHECK(none.error().where == "bad.rehearsal");
  CHECK(!inference::infer({}, "x"));
}
