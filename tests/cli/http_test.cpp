#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "tests/cli/program.hpp"

// What only runs over HTTP show, and parts of a run made on several machines.

using namespace rehearse;
using namespace rehearse::test;

namespace {

json::Value report_of(const Folder& folder, const std::string& words, int code = 0) {
  const Said said = rehearse_in(folder, words + " --format json");
  CAPTURE(words, said.err);
  REQUIRE(said.code == code);
  const auto report = json::parse(said.out);
  REQUIRE(report);
  return *report;
}

}  // namespace

TEST_CASE("over HTTP a run records the phases, and of streams the pace, so does its file") {
  const Folder folder;
  std::string text = kSmall;
  text.insert(text.find("\"input_tokens\""), "\"stream\": true, ");
  folder.file("stream.json", text);
  const json::Value live =
      report_of(folder, "run stream.json --jobs 8 --against mock --speed 20 --out a.rehearsal");
  const json::Value& stage = *live.find("stages")->find("draft");
  const json::Value* http = stage.find("http");
  REQUIRE(http != nullptr);
  CHECK(http->find("opened")->as_integer() == 1);  // one job after the other, over one connection
  CHECK(http->find("reused")->as_integer() == 7);
  CHECK(http->find("connect_s")->find("mean")->as_double() > 0);
  // The first byte comes with the first token, the body takes the rest of the two seconds.
  const double first = http->find("first_byte_s")->find("mean")->as_double();
  const double body = http->find("body_s")->find("mean")->as_double();
  CHECK(first > 0.05);
  CHECK(body > 0.5);
  CHECK(first + body == Approx(stage.find("service_s")->find("mean")->as_double()).epsilon(0.1));
  CHECK(stage.find("itl_s")->find("count")->as_integer() > 8);
  CHECK(stage.find("tpot_s")->find("count")->as_integer() == 8);
  // How far the mock kept its own schedule stands in the run file too.
  const json::Value* pace = live.find("mock_pace");
  REQUIRE(pace != nullptr);
  CHECK(pace->find("chunks")->find("count")->as_integer() >=
        stage.find("itl_s")->find("count")->as_integer() + 8);
  CHECK(pace->find("chunks")->find("late_max_s")->as_double() > 0);
  // So does what the wire and the harness added to each planned time: what is left is virtual time.
  const json::Value* added = live.find("wire_added_s");
  REQUIRE(added != nullptr);
  CHECK(added->find("count")->as_integer() == 8);
  CHECK(added->find("min")->as_double() > 0);
  CHECK(json::dump(*added) == json::dump(*http->find("added_s")));
  const json::Value again = report_of(folder, "report a.rehearsal");
  CHECK(json::dump(again) == json::dump(live));
  CHECK(rehearse_in(folder, "report a.rehearsal").out.find("HTTP and streams") !=
        std::string::npos);
  // In virtual time there is no HTTP, but the same pace.
  const json::Value sim = report_of(folder, "run stream.json --jobs 8 --out b.rehearsal");
  const json::Value& same = *sim.find("stages")->find("draft");
  CHECK(same.find("http") == nullptr);
  CHECK(sim.find("mock_pace") == nullptr);
  CHECK(sim.find("wire_added_s") == nullptr);
  const auto mean_service = [](const json::Value& of) {
    return of.find("service_s")->find("mean")->as_double();
  };
  CHECK(mean_service(stage) - added->find("mean")->as_double() ==
        Approx(mean_service(same)).epsilon(1e-6));
  CHECK(same.find("tpot_s")->find("mean")->as_double() ==
        Approx(stage.find("tpot_s")->find("mean")->as_double()).epsilon(0.2));
}

TEST_CASE("a run whose mock fell behind its pace ceiling is invalid, and its file says why") {
  const Folder folder;
  std::string text = kSmall;
  text.insert(text.find("\"input_tokens\""), "\"stream\": true, ");
  folder.file("stream.json", text);
  const json::Value live = report_of(folder,
                                     "run stream.json --jobs 20 --against mock --speed 100 "
                                     "--pace-ceiling 1ns --out a.rehearsal");
  CHECK(!live.find("valid")->as_bool());
  CHECK(json::dump(*live.find("invalid_reasons")).find("fell behind its own pace") !=
        std::string::npos);
  CHECK(!report_of(folder, "report a.rehearsal").find("valid")->as_bool());
  CHECK(rehearse_in(folder, "run stream.json --pace-ceiling soon").code == 2);
}

TEST_CASE("a refused connection is no reset, in both worlds alike") {
  const Folder folder;
  folder.file("refused.json", R"({
    "providers": { "openai": { "profile": "openai", "change": { "faults": {
      "connection_refused": { "fault": "connection_refused", "probability": 0.5 } } } } },
    "stages": { "draft": { "call": "openai.chat", "model": "gpt-4o-mini", "input_tokens": 100,
                           "output_tokens": 50, "time": "1s", "on_error": "continue",
                           "retry": { "max_retries": 2, "base": "1s" } } } })");
  const json::Value sim = report_of(folder, "run refused.json --jobs 20 --out a.rehearsal");
  const json::Value mock =
      report_of(folder, "run refused.json --jobs 20 --against mock --speed 50 --out b.rehearsal");
  const std::string errors = json::dump(*sim.find("stages")->find("draft")->find("errors"));
  CHECK(errors.find("connection_refused") != std::string::npos);
  CHECK(errors == json::dump(*mock.find("stages")->find("draft")->find("errors")));
}

TEST_CASE("a service is asked for one job at a time, with the job's own values") {
  const Folder folder;
  // The mock itself stands for the service: what it saw is what was sent.
  const std::string app = R"({
    "providers": { "openai": "openai" }, "parameters": { "model": "gpt-4o-mini" },
    "stages": { "draft": { "call": "openai.chat", "model": "${model}",
                           "match": { "path": "/v1/chat" } } },
    "app": { "url": "${providers.openai.url}PATH", "timeout": "60s",
             "body": { "model": "${model}", "max_tokens": 20,
                       "messages": [ { "role": "user", "content": "post ${job}" } ] } } })";
  const auto with_path = [&](const std::string& path) {
    std::string text = app;
    return text.replace(text.find("PATH"), 4, path);
  };
  folder.file("service.json", with_path("/v1/chat/completions"));
  const json::Value good = report_of(
      folder, "run service.json --drive app --against mock --speed 20 --jobs 5 --out a.rehearsal");
  CHECK(good.find("jobs")->find("done")->as_integer() == 5);
  CHECK(good.find("drive")->as_string() == "app");
  CHECK(good.find("stages")->find("draft")->find("calls")->as_integer() == 5);
  folder.file("lost.json", with_path("/nowhere"));
  const Said lost = rehearse_in(
      folder, "run lost.json --drive app --against mock --jobs 2 --format json --out b.rehearsal");
  CAPTURE(lost.err);
  CHECK(lost.code == 0);
  CHECK(lost.err.find("job 0: answered with HTTP 404") != std::string::npos);
  std::string remote = app;
  remote.replace(remote.find("${providers.openai.url}PATH"), 27, "http://192.0.2.1/run");
  folder.file("remote.json", remote);
  const Said far =
      rehearse_in(folder, "run remote.json --drive app --against mock --jobs 1 --out c.rehearsal");
  CHECK(far.err.find("only --against live leaves it") != std::string::npos);
}

TEST_CASE("parts made with a seed each merge into one run file") {
  const Folder folder;
  folder.file("small.json", kSmall);
  for (const char* seed : {"1", "2", "3"}) {
    CHECK(rehearse_in(folder, "run small.json --jobs 40 --seed " + std::string(seed) + " --out p" +
                                  seed + ".rehearsal")
              .code == 0);
  }
  const json::Value all =
      report_of(folder, "merge p1.rehearsal p2.rehearsal p3.rehearsal --out all.rehearsal");
  CHECK(all.find("jobs")->find("done")->as_integer() == 120);
  CHECK(all.find("response_s")->find("count")->as_integer() == 120);
  CHECK(rehearse_in(folder, "compare p1.rehearsal all.rehearsal").code == 0);
  for (const char* words :
       {"merge p1.rehearsal p1.rehearsal --out x.rehearsal", "merge p1.rehearsal",
        "merge p1.rehearsal nowhere.rehearsal --out x.rehearsal",
        "merge p1.rehearsal p2.rehearsal --out all.rehearsal"}) {
    const Said said = rehearse_in(folder, words);
    CAPTURE(words, said.err);
    CHECK(said.code == 2);
    CHECK(said.out.empty());
    CHECK_FALSE(fs::exists(folder.path / "x.rehearsal"));
  }
}
