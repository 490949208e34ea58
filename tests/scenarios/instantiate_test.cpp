#include "tests/scenarios/support.hpp"

using namespace rehearse;
using namespace rehearse::scenarios;

TEST_CASE("notes and comments change no hash, figures do") {
  const std::uint64_t hash = make(R"({ "stages": { "a": { "wait": "1s" } } })").hash;
  CHECK(make(R"(// one
    { "note": "n", "$schema": "s",
      "stages": { "a": { "wait": "1s", "note": "x", "skip": null } } })")
            .hash == hash);
  CHECK(make(R"({ "stages": { "a": { "wait": "2s" } } })").hash != hash);
}

TEST_CASE("a stage or parameter that is called note stays in the hash") {
  const std::string text =
      R"({ "parameters": { "note": 1 }, "stages": { "note": { "wait": "${note}" } } })";
  const Scenario s = make(text);
  CHECK(s.canonical.find("\"note\":{\"wait\"") != std::string::npos);
  CHECK(make(text, {{}, {{"note", 2}}, ""}).hash != s.hash);
}

TEST_CASE("a time may be computed from inputs, and is in seconds") {
  const Scenario s = make(R"({ "inputs": { "words": { "choose": [100] } },
                               "stages": { "a": { "wait": "${words * 0.02}" } } })");
  CHECK(s.stages[0].wait.value(0.5, std::vector<InputValue>{100.0}) == 2);
}

TEST_CASE("a condition over parameters alone is a certain one") {
  const std::string text = R"({ "parameters": { "mode": "fast" },
    "stages": { "a": { "wait": "1s", "when": "${mode == 'full'}" } } })";
  CHECK(make(text).stages[0].probability == 0);
  CHECK(make(text, {{}, {{"mode", "full"}}, ""}).stages[0].probability == 1);
}

TEST_CASE("a provider named only by a call is the profile of that name") {
  const Scenario s =
      make(R"({ "stages": { "a": { "call": "openai.chat" }, "b": { "call": "openai.image" } } })");
  REQUIRE(s.providers.size() == 1);
  CHECK(s.providers[0].profile == "openai");
}

TEST_CASE("parameters inside a provider's change are filled in and keep their types") {
  const std::string text = R"({ "parameters": { "ipm": 5, "model": "gpt-4o" },
    "providers": { "openai": { "change": { "limits": { "ipm": "${ipm}", "rpm": "${ipm * 2}" },
                                           "names": ["${model}-mini"] } } },
    "stages": { "a": { "call": "openai.chat" } } })";
  const auto limit = [](const Scenario& s, const char* name) {
    return s.providers.at(0).change.find("limits")->find(name)->as_integer();
  };
  const Scenario s = make(text);
  CHECK(limit(s, "ipm") == 5);
  CHECK(limit(s, "rpm") == 10);
  CHECK(s.providers[0].change.find("names")->items().at(0).as_string() == "gpt-4o-mini");
  const Scenario set = make(text, {{}, {{"ipm", 50}}, ""});
  CHECK(limit(set, "ipm") == 50);
  CHECK(set.hash != s.hash);
}

TEST_CASE("an unknown name inside a provider's change is an error at its place") {
  const auto file = parse_scenario(R"({ "parameters": { "images": 5 },
    "providers": { "openai": { "change": { "limits": { "ipm": "${image}" } } } },
    "stages": { "a": { "call": "openai.chat" } } })",
                                   "t.json", kHere);
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().where.find("/providers/openai/change/limits/ipm") != std::string::npos);
  CHECK(file.error().what.find("images") != std::string::npos);
}
