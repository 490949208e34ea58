#include "tests/latency/support.hpp"

#include <filesystem>
#include <fstream>

using namespace rehearse;
using namespace rehearse::latency;

namespace {

std::string errors_of(std::string_view text) {
  const auto made = try_profile(text);
  REQUIRE(!made.ok());
  std::string all;
  for (const Error& error : made.errors()) {
    all += error.text() + '\n';
  }
  return all;
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a bad profile gives all its errors, with place, pointer and nearest name") {
  const auto text = R"({
  "dated": "yesterday",
  "prices": "opnai",
  "limit": { "rpm": 1 },
  "limits": { "rpm": 0, "tmp": 5 },
  "capacity": { "slots": "many" },
  "faults": { "a": { "fault": "statsu" }, "b": { "status": 500 },
      "c": { "fault": "connection_reset", "status": 500 } },
  "operations": {
    "chat": { "default": "gtp-4o", "models": {
      "gpt-4o": { "first_tokn": "1s", "first_token": 3, "per_output_token": { "typical": "1s",
      "between": ["1s", "2s"] } } } },
    "ask": { "time": { "between": ["2s", "1s"] }, "per_megabyte": "-1s", "price": "free" }
  }
})";
  const std::string all = errors_of(text);
  INFO(all);
  CHECK(says(all, "test.json:2:12 /dated: expected a date"));
  CHECK(says(all, "/prices: the price table has no provider \"opnai\"; did you mean openai?"));
  CHECK(says(all, "/limit: unknown key \"limit\"; did you mean limits?"));
  CHECK(says(all, "/limits/rpm: expected a whole number from 1"));
  CHECK(says(all, "/limits/tmp: unknown key \"tmp\"; did you mean tpm?"));
  CHECK(says(all, "/capacity/slots"));
  CHECK(says(all, "/faults/a/fault: expected one of"));
  CHECK(says(all, "did you mean status?"));
  CHECK(says(all, "/faults/b: expected \"fault\""));
  CHECK(says(all, "/faults/c/status"));
  CHECK(says(all, "no model is called \"gtp-4o\"; did you mean gpt-4o?"));
  CHECK(says(all, "/operations/chat/models/gpt-4o/first_tokn: unknown key"));
  CHECK(says(all, "/operations/chat/models/gpt-4o/first_token: expected a time such as \"1.5s\""));
  CHECK(says(all, "expected one form, found typical and between"));
  CHECK(says(all, "/operations/ask/time/between: expected low <= high"));
  CHECK(says(all, "/operations/ask/per_megabyte"));
}

TEST_CASE("what several models inherit is wrong only once") {
  const std::string all = errors_of(R"({ "dated": "2026-11-21", "prices": "free",
    "operations": { "chat": { "first_token": 5, "models": { "a": {}, "b": {}, "c": {} } } } })");
  CHECK(std::count(all.begin(), all.end(), '\n') == 1);
}

TEST_CASE("nothing is called measured") {
  CHECK(says(errors_of(R"({ "dated": "2026-11-21", "prices": "free", "basis": "measured",
    "operations": { "ask": { "time": "1s" } } })"),
             "never measured"));
}

TEST_CASE("a model without a known price is refused, unless it says what it costs") {
  CHECK(says(errors_of(R"({ "dated": "2026-11-21", "prices": "openai",
    "operations": { "chat": { "models": { "gpt-99": { "first_token": "1s" } } } } })"),
             "no price of \"gpt-99\" by \"openai\" is known"));
  const auto made = try_profile(R"({ "dated": "2026-11-21", "prices": "openai",
    "operations": { "chat": { "models": { "gpt-99": { "first_token": "1s",
      "price": { "call_usd": 2 } },
                                          "mine": { "first_token": "1s", "price": "gpt-4o" },
                                          "none": { "first_token": "1s",
      "price": "free" } } } } })");
  REQUIRE(made.ok());
  Usage usage;
  usage.output_tokens = 1000;
  CHECK((*made)->find("chat", "gpt-99")->rates.cost(usage) == Money::from_usd(2));
  CHECK((*made)->find("chat", "mine")->rates.cost(usage) == Money::from_usd(0.01));
  CHECK((*made)->find("chat", "none")->rates.cost(usage) == Money());
}

TEST_CASE("things that are no profile are refused in one line each") {
  for (const char* text :
       {"[]", "3", "null", "{}", R"({ "dated": "2026-11-21" })",
        R"({ "dated": "2026-11-21", "operations": {} })",
        R"({ "dated": "2026-11-21", "prices": "free", "operations": { "ask": 3 } })",
        R"({ "dated": "2026-11-21", "prices": "free",
      "operations": { "chat": { "models": {} } } })"}) {
    const auto made = try_profile(text);
    CHECK(!made.ok());
  }
}

TEST_CASE("every form of a distribution is read as scenarios read it") {
  const auto median = [](const char* form) {
    const auto profile = profile_of(R"({ "ask": { "time": )" + std::string(form) + "} }");
    return profile->entries[0].first.quantile(0.5);
  };
  CHECK(median(R"("1.5s")") == 1.5);
  CHECK(median("0") == 0);
  CHECK(median(R"({ "value": "2s", "basis": "assumed", "source": "x", "note": "y" })") == 2);
  CHECK(median(R"({ "typical": "2s" })") == Approx(2));
  CHECK(median(R"({ "between": ["1s", "4s"] })") == Approx(2));
  CHECK(median(R"({ "at_most": "9s" })") == Approx(9 / std::sqrt(3.0)));
  CHECK(median(R"({ "at_least": "3s" })") == Approx(3 * std::sqrt(3.0)));
  CHECK(median(R"({ "at_least": "1s", "at_most": "4s" })") == Approx(2));
  CHECK(median(R"({ "uniform": ["1s", "3s"] })") == Approx(2));
  CHECK(median(R"({ "exponential": "1s" })") == Approx(std::log(2.0)));
  CHECK(median(R"({ "gamma": { "mean": "1s", "cv": 1 } })") == Approx(std::log(2.0)).epsilon(1e-3));
  CHECK(median(R"({ "quantiles": { "0": "1s", "0.5": "2s", "1": "9s" } })") == Approx(2));
  CHECK(median(R"({ "mixture": [ { "weight": 1, "of": "2s" }, { "weight": 3, "of": "7s" } ] })") ==
        7);
  CHECK(median(R"({ "typical": "2s", "scale": 3 })") == Approx(6));
  CHECK(median(R"({ "typical": "2s", "max": "1s" })") == Approx(1));
  CHECK(median(R"({ "typical": "2s", "min": "3s" })") == Approx(3));
}

TEST_CASE("a model replaces its operation's keys as a whole, and inherits the others") {
  const auto profile = profile_of(R"({ "chat": { "first_token": "1s", "per_output_token": "10ms",
      "models": { "a": {}, "b": { "first_token": { "between": ["2s", "8s"] } } } } })");
  CHECK(profile->find("chat", "a")->first_median_s == 1);
  CHECK(profile->find("chat", "b")->first_median_s == Approx(4));
  CHECK(profile->find("chat", "b")->pace_median_s == 0.01);
  CHECK(profile->find("chat", "")->model == "a");
  CHECK(profile->find("chat", "c") == nullptr);
  CHECK(profile->find("image", "") == nullptr);
}

TEST_CASE(
    "a change is merged over the profile, and its errors carry pointers without false places") {
  const auto changed = load_profile("openai", "", *json::parse(R"({ "limits": { "rpm": 500 },
      "faults": { "server_error": { "probability": 0.5 } } })"));
  REQUIRE(changed.ok());
  CHECK((*changed)->limits.rpm == 500);
  CHECK((*changed)->faults[0].probability == 0.5);
  const auto bad = load_profile("openai", "", *json::parse(R"({ "limits": { "rmp": 500 } })"));
  REQUIRE(!bad.ok());
  CHECK(bad.error().text() == "openai.json /limits/rmp: unknown key \"rmp\"; did you mean rpm?");
  CHECK(!load_profile("openai", "", json::Value(3)).ok());
}

TEST_CASE("an unknown profile is told the nearest one, a path is a file beside the scenario") {
  const auto unknown = load_profile("opneai", "");
  REQUIRE(!unknown.ok());
  CHECK(says(unknown.error().text(), "did you mean openai?"));
  CHECK(!load_profile("", "").ok());
  CHECK(!load_profile("missing.json", "/nonexistent").ok());
  const auto folder = std::filesystem::temp_directory_path() / "rehearse-profile-test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "mine.json") << R"({ "dated": "2026-11-21", "prices": "free",
      "operations": { "ask": { "time": "1s" } } })";
  const auto mine = load_profile("mine.json", folder);
  CHECK(mine.ok());
  const auto also = load_profile("./mine.json", folder);
  CHECK(also.ok());
  std::filesystem::remove_all(folder);
}
