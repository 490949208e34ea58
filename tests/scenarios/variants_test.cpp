#include "tests/scenarios/support.hpp"

using namespace rehearse;
using namespace rehearse::scenarios;

namespace {

const std::string kFile = R"({
  "parameters": { "model": "gpt-4o", "pause": 2 },
  "order": "sequential",
  "stages": {
    "text": { "call": "openai.chat", "model": "${model}", "time": { "typical": "5s" },
              "output_tokens": 300 },
    "image": { "call": "openai.image", "model": "dall-e-3", "time": "50s" },
    "save": { "wait": "${pause}" } },
  "workloads": { "single": { "jobs": 1 }, "users": { "users": 3, "for": "1m" },
                 "open": { "rate": "1/s", "jobs": 5 } },
  "variants": {
    "mini": { "change": { "parameters": { "model": "gpt-4o-mini" } } },
    "dalle2": { "group": "image", "change": { "stages": { "image": { "model": "dall-e-2" } } } },
    "timed": { "group": "image",
               "change": { "stages": { "image": { "model": "dall-e-2", "time": "15s" } } } },
    "free": { "change": { "stages": { "image": { "after": [] } } } },
    "slow": { "change": { "stages": { "save": { "wait": "9s" } } } },
    "slower": { "change": { "stages": { "save": { "wait": "10s" } } } },
    "gone": { "change": { "stages": { "save": null } } },
    "hosted": { "change": { "stages": { "text": { "call": "ollama.chat" } } } },
    "all": { "of": ["mini", "most"] }, "most": { "of": ["dalle2", "free"] } }
})";

std::string refusal(const Selection& selection) {
  const auto made = instantiate(load_text(kFile), selection);
  REQUIRE_FALSE(made.ok());
  return text_of_errors(made.errors());
}

}  // namespace

TEST_CASE("presets expand, and the order of variants never matters") {
  const ScenarioFile file = load_text(kFile);
  const Scenario one = make(file, {{"all"}, {}, ""});
  const Scenario two = make(file, {{"free", "mini+dalle2"}, {}, ""});
  CHECK(one.variants == std::vector<std::string>{"dalle2", "free", "mini"});
  CHECK(one.hash == two.hash);
  CHECK(one.hash != make(file).hash);
  CHECK(one.file_hash == make(file).file_hash);
  CHECK(make(file, {{"base"}, {}, ""}).hash == make(file).hash);
  CHECK(before(one, "image").empty());
}

TEST_CASE("conflicts, alternatives and unknown names are refused by name") {
  CHECK(refusal({{"slow", "slower"}, {}, ""}).find("\"slow\" and \"slower\" conflict") !=
        std::string::npos);
  CHECK(refusal({{"gone", "slow"}, {}, ""}).find("conflict") != std::string::npos);
  CHECK(refusal({{"dalle2", "timed"}, {}, ""}).find("group \"image\"") != std::string::npos);
  CHECK(refusal({{"dale2"}, {}, ""}).find("did you mean \"dalle2\"?") != std::string::npos);
  CHECK(refusal({{}, {}, "singel"}).find("did you mean \"single\"?") != std::string::npos);
  CHECK(refusal({{}, {{"modle", "x"}}, ""}).find("did you mean \"model\"?") != std::string::npos);
  CHECK(refusal({{}, {{"pause", "x"}}, ""}).find("expected a number") != std::string::npos);
}

TEST_CASE("a changed call carries the call of the base") {
  const ScenarioFile file = load_text(kFile);
  CHECK(stage(make(file), "text").call.base == nullptr);
  const Scenario mini = make(file, {{"mini"}, {}, ""});
  REQUIRE(stage(mini, "text").call.base != nullptr);
  CHECK(stage(mini, "text").call.base->model.constant == "gpt-4o");
  CHECK(stage(mini, "text").call.spec.model.constant == "gpt-4o-mini");
  CHECK(stage(mini, "image").call.base == nullptr);
  const Scenario set = make(file, {{}, {{"model", "o3"}}, ""});
  CHECK(stage(set, "text").call.base != nullptr);
  CHECK(stage(make(file, {{"dalle2"}, {}, ""}), "image").call.base != nullptr);
}

TEST_CASE("a variant that gives the time itself gets no ratio on top") {
  const Scenario timed = make(load_text(kFile), {{"timed"}, {}, ""});
  CHECK(stage(timed, "image").call.base == nullptr);
  CHECK(stage(timed, "image").call.time->quantile(0.5) == 15);
}

TEST_CASE("a base whose provider has gone is kept beside the others") {
  const Scenario hosted = make(load_text(kFile), {{"hosted"}, {}, ""});
  const auto base = stage(hosted, "text").call.base;
  REQUIRE(base != nullptr);
  CHECK(hosted.providers[base->provider].profile == "openai");
  CHECK(hosted.providers[stage(hosted, "text").call.spec.provider].profile == "ollama");
}

TEST_CASE("sweep words are set on the workload in force") {
  const ScenarioFile file = load_text(kFile);
  CHECK(make(file, {{}, {{"concurrency", 4}}, ""}).workload.concurrency == 4);
  CHECK(make(file, {{}, {{"jobs", 70}}, ""}).workload.jobs == 70u);
  CHECK(make(file, {{}, {{"users", 8}}, "users"}).workload.users == 8);
  CHECK(make(file, {{}, {{"rate", 2.5}}, "open"}).workload.phases[0].rate_from == 2.5);
  CHECK(make(file, {{}, {{"rate", "120/min"}}, "open"}).workload.phases[0].rate_from == 2);
  CHECK(make(file, {{}, {{"pause", "7"}}, ""}).stages[1].wait.value(0.5, {}) == 7);
  CHECK_FALSE(instantiate(file, {{}, {{"users", 8}}, "open"}).ok());
  CHECK_FALSE(instantiate(file, {{}, {{"concurrency", 0}}, ""}).ok());
  CHECK_FALSE(instantiate(file, {{}, {{"concurrency", 2}}, "users"}).ok());
}

TEST_CASE("a sweep of the file has lists, ranges, names that move together and a condition") {
  const auto file = parse_scenario(R"({
    "parameters": { "model": "gpt-4o", "size": "1024x1024", "when": 1 },
    "stages": { "a": { "wait": "1s" } },
    "workloads": { "crowd": { "users": 4, "jobs": 20 } },
    "sweep": { "users": "10..40 x2",
               "model,size": [["gpt-4o", "1024x1024"], ["gpt-4o-mini", "1792x1024"]],
               "when": "users < 40" }
  })",
                                   "x.json", kHere);
  REQUIRE(file);
  const Sweep& sweep = file->sweep();
  REQUIRE(sweep.axes.size() == 2);
  CHECK(sweep.axes[0].values.front().as_string() == "10..40 x2");
  CHECK(sweep.axes[1].names() == std::vector<std::string>{"model", "size"});
  CHECK(sweep.when == std::vector<std::string>{"users < 40"});
  const auto named = parse_scenario(
      R"({ "parameters": { "when": 1 }, "stages": { "a": { "wait": "1s" } },
           "sweep": { "when": [1, 2] } })",
      "x.json", kHere);
  REQUIRE(named);
  CHECK(named->sweep().axes.size() == 1);
  CHECK(named->sweep().when.empty());
}
