#include "scenarios/describe.hpp"
#include "tests/scenarios/support.hpp"

using namespace rehearse;
using namespace rehearse::scenarios;

namespace {

Scenario everything(const Selection& selection = {}) {
  const auto file = load_scenario(kHere / "good" / "everything.json");
  REQUIRE(file.ok());
  return make(*file, selection);
}

double wait_quantile(const std::string& wait, double u) {
  const Scenario s = make(R"({ "stages": { "a": { "wait": )" + wait + " } } }");
  return s.stages[0].wait.value(u, {});
}

}  // namespace

TEST_CASE("every form of a distribution means what the reference says") {
  CHECK(wait_quantile(R"("1m30s")", 0.5) == 90);
  CHECK(wait_quantile("0", 0.5) == 0);
  CHECK(wait_quantile(R"({ "value": "2s", "basis": "measured" })", 0.9) == 2);
  CHECK(wait_quantile(R"({ "typical": "5s" })", 0.5) == Approx(5));
  CHECK(wait_quantile(R"({ "typical": "5s" })", 0.95) == Approx(5 * std::exp(0.1 * 1.6448536)));
  CHECK(wait_quantile(R"({ "between": ["4s", "6s"] })", 0.05) == Approx(4));
  CHECK(wait_quantile(R"({ "between": ["4s", "6s"] })", 0.95) == Approx(6));
  CHECK(wait_quantile(R"({ "at_most": "30s" })", 0.95) == Approx(30));
  CHECK(wait_quantile(R"({ "at_most": "30s" })", 0.05) == Approx(10));
  CHECK(wait_quantile(R"({ "at_least": "10s" })", 0.95) == Approx(30));
  CHECK(wait_quantile(R"({ "at_least": "5s", "at_most": "6s" })", 0.95) == Approx(6));
  CHECK(wait_quantile(R"({ "uniform": ["1s", "3s"] })", 0.25) == Approx(1.5));
  CHECK(wait_quantile(R"({ "exponential": "2s" })", 0.5) == Approx(2 * std::log(2.0)));
  CHECK(wait_quantile(R"({ "quantiles": { "0.9": "9s", "0.1": "1s" } })", 0.5) == Approx(3));
  CHECK(wait_quantile(R"({ "empirical": "calls.csv", "column": "seconds" })", 0.5) == Approx(2));
  CHECK(wait_quantile(R"({ "typical": "5s", "scale": 2, "max": "9s" })", 0.5) == Approx(9));
  CHECK(wait_quantile(
            R"({ "mixture": [ { "weight": 1, "of": "1s" }, { "weight": 1, "of": "7s" } ] })",
            0.75) == 7);
}

TEST_CASE("a call is read with everything that is asked of it") {
  const Scenario s = everything();
  const Stage& draft = stage(s, "draft");
  CHECK(draft.kind == StageKind::Call);
  CHECK(s.providers[draft.call.spec.provider].name == "openai");
  CHECK(draft.call.spec.operation == "chat");
  CHECK(draft.call.spec.model.constant == "gpt-4o");
  CHECK(draft.call.spec.max_tokens->value(0.5, {}) == 600);
  CHECK(draft.call.spec.stream);
  CHECK(draft.retry.max_retries == 2);
  CHECK(draft.hedge->max == 2);
  CHECK(draft.breaker->failures == 3);
  CHECK(draft.match->nth == 1u);
  CHECK(draft.first_result == FirstResult::FirstChunk);
  CHECK(stage(s, "publish/upload").retry.factor == 3);
  CHECK_FALSE(stage(s, "publish/upload").retry.honour_retry_after);
  CHECK(stage(s, "publish/upload").call.spec.bytes->value(0.5, {}) == 3e6);
  CHECK(stage(s, "voice").call.spec.seconds.value(0.5, {}) == 30);
  CHECK(stage(s, "voice").condition.has_value());
  CHECK(stage(s, "render").probability == 0.5);
  CHECK_FALSE(stage(s, "render").cache.has_value());
  CHECK(stage(s, "image").parallel == 0);
  CHECK(stage(s, "image").vary == Approx(0.3));
  CHECK(stage(s, "image").uses.size() == 2);
  CHECK(stage(s, "stock").link.has_value());
  CHECK(stage(s, "film").skip);
  CHECK(stage(s, "publish").holds.size() == 1);
}

TEST_CASE("inputs are drawn with their weights, or come from a file") {
  const Scenario s = everything();
  REQUIRE(s.inputs.size() == 4);
  CHECK(s.inputs[0].name == "agent");
  CHECK(s.inputs[0].cumulative == std::vector<double>{0.75, 1});
  CHECK(s.inputs[1].name == "length");
  CHECK(s.inputs[1].feed);
  CHECK(std::get<double>(s.inputs[1].values[1]) == 300);
  CHECK(std::get<std::string>(s.inputs[3].values[0]) == "cats, and dogs");
  std::vector<InputValue> job;
  for (const Input& input : s.inputs) {
    job.push_back(input.values[0]);
  }
  CHECK(stage(s, "draft").call.spec.input_tokens.value(0.5, job) == 360);
  CHECK(stage(s, "context").cache->key.value(job) == "ctx-alpha");
  CHECK(stage(s, "voice").condition->number(job) == 1);
}

TEST_CASE("each kind of workload is read") {
  CHECK(everything({{}, {}, "batch"}).workload.process == Process::PerJob);
  const Workload users = everything({{}, {}, "users"}).workload;
  CHECK(users.kind == LoadKind::Closed);
  CHECK(users.think.value(0.5, {}) == 2);
  REQUIRE(users.tasks.size() == 2);
  CHECK(users.tasks[0].name == "make");
  CHECK(users.tasks[0].graph == 0);
  CHECK(users.tasks[1].weight == 3);
  const Workload ramp = everything({{}, {}, "ramp"}).workload;
  CHECK(ramp.phases[0].rate_to == 10);
  CHECK(ramp.phases[1].rate_from == 10);
  CHECK(ramp.length == Duration::seconds(3900));
  CHECK(ramp.arrivals == Arrivals::Gamma);
  CHECK(everything({{}, {}, "replay"}).workload.trace.size() == 3);
  CHECK(everything({{}, {}, "replay_file"}).workload.trace[1] == Instant::from_seconds(2.5));
  CHECK(make(R"({ "stages": { "a": { "wait": "1s" } } })").workload.jobs == 1u);
}

TEST_CASE("resources, pools and providers are found by name") {
  const Scenario s = everything();
  REQUIRE(s.resources.size() == 3);
  CHECK(s.resources[0].name == "gpu");
  CHECK(s.resources[0].speed_up.at(4) == 2.6);
  CHECK(s.resources[1].bytes_per_s == 12.5e6);
  CHECK(s.resources[2].queue_max == 100u);
  CHECK(s.pools[0].max == 50);
  CHECK(s.providers[1].runs_on == 0u);
  CHECK(s.providers[2].other_load_per_s == 2);
}

TEST_CASE("claims carry their figures in base units") {
  const auto file = load_scenario(kHere / "good" / "everything.json");
  REQUIRE(file.ok());
  const auto& claims = file->claims();
  CHECK(claims[0].kind == ClaimKind::Saves);
  CHECK((claims[0].low == 4 && claims[0].high == 5 && claims[0].unit == "s"));
  CHECK((claims[1].low == 0.04 && claims[1].unit == "USD"));
  CHECK((claims[2].low == Approx(0.67) && claims[2].unit == "%"));
  CHECK((claims[3].jobs == ClaimJobs::Warm && claims[3].low == 3));
  CHECK((claims[4].low == Approx(36) && claims[4].high == Approx(44)));
  CHECK(claims[4].parts.size() == 2);
  CHECK(claims[5].unit == "/s");
}

TEST_CASE("every figure keeps where it comes from") {
  const Scenario s = everything();
  const auto found = std::find_if(s.figures.begin(), s.figures.end(), [](const Figure& figure) {
    return figure.pointer == "/stages/context/time";
  });
  REQUIRE(found != s.figures.end());
  CHECK(found->origin.basis == Basis::Measured);
  CHECK(found->origin.source == "r:1");
}

TEST_CASE("money, volume and the app are read") {
  const Scenario s = everything();
  CHECK(s.value_per_job == Money::from_usd(0.5));
  CHECK(*s.jobs_per_month == Approx(1000 * 365.25 / 12));
  REQUIRE(s.app.has_value());
  CHECK(s.app->command[1] == "${chat_model}.mjs");
  CHECK(s.objectives[2].text == "p(50) < 2s");
}

TEST_CASE("a description keeps its width and shows no control characters") {
  const auto file =
      parse_scenario("{ \"scenario\": \"x\\u001b[31m\", \"note\": \"" + std::string(300, 'n') +
                         "\", \"stages\": { \"a\": { \"wait\": \"1s\" }, \"b\": { \"wait\": "
                         "\"1s\", \"needs\": [\"a\"] } } }",
                     "t.json", kHere);
  REQUIRE(file.ok());
  const std::string text = describe(*file, make(*file), 60);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("after a") != std::string::npos);
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = text.find('\n', start);
    CHECK(end - start <= 62);  // the ellipsis has three bytes
    start = end + 1;
  }
}

TEST_CASE("a file is described in words: variants, workloads and claims, one line each") {
  const auto file = parse_scenario(R"({
    "parameters": { "size": "1024x1024" },
    "stages": { "image": { "call": "openai.image", "size": "${size}", "time": "30s" } },
    "workloads": { "site": { "users": 100, "think": { "uniform": ["1s", "3s"] }, "for": "10m" },
                   "one": { "jobs": 1, "concurrency": 2 },
                   "ramp": { "phases": [ { "rate": ["1/s", "5/s"], "for": "5m" } ] } },
    "variants": { "small": { "group": "images", "trade_off": "less detail",
                             "change": { "parameters": { "size": "512x512" } } },
                  "both": { "of": ["small"] } },
    "claims": [ { "id": "c1", "source": "report.md:7", "of": "stage image", "with": ["small"],
                  "saves": ["10s", "20s"] } ] })",
                                   "t.json", kHere);
  INFO((file.ok() ? "" : text_of_errors(file.errors())));
  REQUIRE(file.ok());
  const std::string text = describe(*file, make(*file), 200);
  CAPTURE(text);
  for (const char* line :
       {"small  one of images; trade-off: less detail; changes size\n", "both   = small\n",
        "site  100 users, think 1s–3s, for 10m\n", "one   1 job, 2 at a time\n",
        "ramp  1/s–5/s for 5m arriving\n",
        "c1  response of stage image: saves 10s–20s, with small; report.md:7\n"}) {
    CHECK(text.find(line) != std::string::npos);
  }
  CHECK(text.find("{\"") == std::string::npos);
}
