#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "harness/cli/sim_player.hpp"
#include "harness/json/write.hpp"
#include "harness/study/candidate.hpp"
#include "harness/study/coalition.hpp"
#include "harness/study/replicate.hpp"
#include "harness/study/suggest.hpp"
#include "mocks/latency/load_profile.hpp"
#include "tests/support/random_pipeline.hpp"
#include "tests/support/scenario_files.hpp"

// Suggestions: what they find on known pipelines, and that none of them breaks a pipeline.

using namespace rehearse;
using record::Suggestion;
using record::Worth;
using test::parsed;
using test::reference;

namespace {

record::Suggestions suggestions(const scenarios::ScenarioFile& file,
                                const std::string& workload = "") {
  study::SuggestOptions options;
  options.jobs = 200;
  options.workload = workload;
  auto found = study::suggest(file, cli::SimPlayer(file.folder()), options);
  INFO((found ? "" : found.error().text()));
  REQUIRE(found);
  return *found;
}

double saved_p50(const Suggestion& suggestion) {
  return suggestion.saved[static_cast<std::size_t>(Worth::P50)].value;
}

// The suggestion that does what this variant does.
const Suggestion* like(const record::Suggestions& all, const std::string& variant) {
  const auto found = std::find_if(all.found.begin(), all.found.end(),
                                  [&](const Suggestion& each) { return each.already == variant; });
  return found == all.found.end() ? nullptr : &*found;
}

const Suggestion* named(const record::Suggestions& all, const std::string& name) {
  const auto found = std::find_if(all.found.begin(), all.found.end(),
                                  [&](const Suggestion& each) { return each.name == name; });
  return found == all.found.end() ? nullptr : &*found;
}

std::set<std::string> names_of(const scenarios::Scenario& scenario,
                               const std::vector<StageIndex>& stages) {
  std::set<std::string> out;
  for (const StageIndex stage : stages) {
    out.insert(scenario.stages[stage.value].path);
  }
  return out;
}

// The ground that `suggest` stands on.
struct Base {
  scenarios::ScenarioFile file;
  scenarios::Scenario scenario;
  record::RunPoint point;
  std::vector<study::Candidate> candidates;
};
Base base_of(const scenarios::ScenarioFile& file) {
  const cli::SimPlayer player(file.folder());
  auto scenario = scenarios::instantiate(file, {});
  INFO((scenario ? "" : scenario.error().text()));
  REQUIRE(scenario);
  study::ReplicateOptions how;
  how.jobs = 40;
  auto batches = study::replicate(player, *scenario, how);
  REQUIRE(batches);
  Base out{file, *scenario, study::pooled(*batches).point, {}};
  study::Ground ground{out.file, out.scenario, out.point, {}};
  for (const scenarios::Provider& provider : out.scenario.providers) {
    auto profile = latency::load_profile(provider.profile, file.folder(), provider.change);
    REQUIRE(profile);
    ground.profiles.push_back(*profile);
  }
  out.candidates = study::propose(ground);
  return out;
}

}  // namespace

TEST_CASE("suggestions find the parallel stages that the five reports propose") {
  CHECK(like(suggestions(reference("auto-post")), "parallel_text") != nullptr);
  CHECK(like(suggestions(reference("forum-autoposter")), "parallel_versions") != nullptr);
  CHECK(like(suggestions(reference("storyboard")), "parallel_scrape") != nullptr);
  CHECK(like(suggestions(reference("talking-photo")), "async_processing") != nullptr);
  const record::Suggestions lectra = suggestions(reference("lectra"));
  CHECK(like(lectra, "parallel_images") != nullptr);
  CHECK(like(lectra, "overlap_pptx") != nullptr);
  CHECK(like(lectra, "connection_pooling") != nullptr);
}

TEST_CASE("suggestions find the smaller image, the other model and the pool of the reports") {
  const record::Suggestions post = suggestions(reference("auto-post"));
  REQUIRE(like(post, "smaller_image") != nullptr);
  CHECK(like(post, "smaller_image")->quality == record::Quality::Lower);
  CHECK(like(post, "smaller_image")->trade_off.find("43% fewer pixels") != std::string::npos);
  CHECK(like(post, "dalle2") != nullptr);
  REQUIRE(like(post, "db_pool") != nullptr);
  CHECK(like(post, "db_pool")->quality == record::Quality::Same);
  // Images on the CPU share it: more at once bring nothing, and nobody is told to.
  for (const Suggestion& each : suggestions(reference("storyboard")).found) {
    CHECK_FALSE((each.kind == "fan_out" && each.name.starts_with("images")));
  }
}

TEST_CASE("caches are suggested where jobs follow one another, and only of what is read") {
  const record::Suggestions post = suggestions(reference("auto-post"), "batch_5");
  CHECK(like(post, "cache_context") != nullptr);
  CHECK(like(post, "cache_user_id") != nullptr);
  for (const Suggestion& each : post.found) {
    CHECK((each.kind != "cache" || each.quality == record::Quality::Stale));
    CHECK_FALSE((each.kind == "cache" && each.name.find("image") != std::string::npos));
  }
}

TEST_CASE("what is found is right where the answer is known") {
  // a 4 s, then b 3 s and c 2 s that need only a: side by side they save 2 s.
  const record::Suggestions all = suggestions(parsed(R"({ "order": "sequential", "stages": {
      "a": { "local": { "io": "4s" } },
      "b": { "needs": ["a"], "local": { "io": "3s" } },
      "c": { "needs": ["a"], "local": { "io": "2s" } } } })"));
  REQUIRE_FALSE(all.found.empty());
  CHECK(all.found[0].name == "parallel_c");
  CHECK(all.found[0].quality == record::Quality::Same);
  CHECK(saved_p50(all.found[0]) == Approx(2));
  CHECK(all.found[0].saved[0].half_width == Approx(0).margin(1e-9));
  REQUIRE_FALSE(all.sets.empty());
  CHECK(all.sets[0].same_quality);
  CHECK(all.sets[0].names == std::vector<std::string>{"parallel_c"});
  CHECK(all.sets[0].p50_saved.value == Approx(2));
}

TEST_CASE("data flow is never broken: needs, and answers that a request quotes") {
  const record::Suggestions needs = suggestions(parsed(R"({ "order": "sequential", "stages": {
      "a": { "local": { "io": "4s" } },
      "b": { "needs": ["a"], "local": { "io": "3s" } },
      "c": { "needs": ["b"], "local": { "io": "2s" } } } })"));
  CHECK(needs.found.empty());
  const auto quoted = parsed(R"({ "order": "sequential", "stages": {
      "a": { "call": "openai.chat", "time": "4s", "output_tokens": 20 },
      "b": { "call": "openai.chat", "time": "3s", "output_tokens": 20,
             "request": { "prompt": "more on ${stages.a.text}" } } } })");
  for (const Suggestion& each : suggestions(quoted).found) {
    CHECK(each.kind != "order");
  }
}

TEST_CASE("a retry is suggested where calls fail, with the jobs that it saves") {
  const auto file =
      parsed(R"({ "providers": { "openai": { "profile": "openai", "change": { "faults": {
      "server_error": { "operation": "chat", "probability": 0.2 } } } } }, "stages": {
      "text": { "call": "openai.chat", "time": "2s", "output_tokens": 20 } } })");
  const record::Suggestions all = suggestions(file);
  const Suggestion* const retry = named(all, "retry_text");
  REQUIRE(retry != nullptr);
  CHECK(all.shares.not_done == Approx(0.2).margin(0.08));
  CHECK(retry->shares.not_done < 0.03);
}

TEST_CASE("a hedge is suggested where few calls are very late") {
  const auto file = parsed(R"({ "stages": { "text": { "call": "openai.chat", "output_tokens": 20,
      "time": { "mixture": [ { "weight": 93, "of": { "typical": "2s" } },
                             { "weight": 7, "of": { "typical": "30s" } } ] } } } })");
  const record::Suggestions all = suggestions(file);
  const auto hedge = std::find_if(all.found.begin(), all.found.end(),
                                  [](const Suggestion& each) { return each.kind == "hedge"; });
  REQUIRE(hedge != all.found.end());
  CHECK(hedge->saved[static_cast<std::size_t>(Worth::P95)].value > 10);
  CHECK(hedge->saved[static_cast<std::size_t>(Worth::Cost)].value < 0);
}

TEST_CASE("every change to a random pipeline loads, keeps its data flow, and runs") {
  std::map<std::string, std::size_t> kinds;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    test::PipelineOptions options;
    options.seed = seed;
    options.jobs = 2;
    options.requests = true;
    const std::string text = json::dump(test::random_pipeline(options));
    CAPTURE(seed, text);
    const Base base = base_of(parsed(text));
    for (const study::Candidate& candidate : base.candidates) {
      CAPTURE(candidate.name, json::dump(candidate.change));
      ++kinds[candidate.kind];
      json::Value changed = base.file.json();
      json::Value variant = json::Value::object();
      variant.set("change", candidate.change);
      json::Value variants = json::Value::object();
      variants.set(candidate.name, std::move(variant));
      changed.set("variants", std::move(variants));
      const auto file = scenarios::parse_scenario(json::dump(changed), "changed.json", ".");
      INFO((file ? "" : file.error().text()));
      REQUIRE(file);
      scenarios::Selection selection;
      selection.variants = {candidate.name};
      const auto after = scenarios::instantiate(*file, selection);
      REQUIRE(after);
      REQUIRE(after->stages.size() == base.scenario.stages.size());
      for (std::uint32_t i = 0; i < after->stages.size(); ++i) {
        CHECK(after->stages[i].path == base.scenario.stages[i].path);
        CHECK(names_of(*after, after->stages[i].needs) ==
              names_of(base.scenario, base.scenario.stages[i].needs));
        const std::set<std::string> before = names_of(*after, after->stages[i].before);
        for (const std::string& data :
             names_of(base.scenario, study::data_of(base.scenario, {i}))) {
          CHECK(before.contains(data));
        }
      }
      study::CoalitionOptions how;
      how.jobs = 10;
      const auto played = study::play_coalition(*file, cli::SimPlayer("."), {candidate.name}, how);
      REQUIRE(played);
      CHECK_FALSE(played->has_failed);
    }
  }
  for (const char* const kind :
       {"order", "fan_out", "background", "cache", "pool", "size", "model", "token_limit"}) {
    CAPTURE(kind);
    CHECK(kinds[kind] > 0);
  }
}

TEST_CASE(
    "names of suggestions are free, changes are told once, patches load as they are printed") {
  const scenarios::ScenarioFile file = reference("lectra");
  const record::Suggestions all = suggestions(file);
  json::Value changed = file.json();
  std::set<std::string> names;
  for (const scenarios::Variant& variant : file.variants()) {
    names.insert(variant.name);
  }
  for (const Suggestion& each : all.found) {
    CHECK(names.insert(each.name).second);
    changed.find("variants")->set(each.name, each.variant);
  }
  CHECK(scenarios::parse_scenario(json::dump(changed), "pasted.json", file.folder()));
}
