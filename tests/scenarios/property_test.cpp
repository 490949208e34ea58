#include "harness/base/rng.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "tests/scenarios/support.hpp"

using namespace rehearse;
using namespace rehearse::scenarios;

namespace {

// The same value with the members of its objects in another order.
json::Value shuffled(const json::Value& value, std::uint64_t& seed) {
  if (value.is_array()) {
    json::Value out = json::Value::array();
    for (const json::Value& item : value.items()) {
      out.push(shuffled(item, seed));
    }
    return out;
  }
  if (!value.is_object()) {
    return value;
  }
  std::vector<json::Member> members;
  for (const json::Member& member : value.members()) {
    members.push_back({member.key, shuffled(member.value, seed), {}});
  }
  for (std::size_t i = members.size(); i > 1; --i) {
    std::swap(members[i - 1], members[(seed = mix64(seed)) % i]);
  }
  return json::Value(std::move(members));
}

std::vector<std::string> names_of(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Stage& stage : scenario.stages) {
    names.push_back(stage.path + " after " + before(scenario, stage.path));
  }
  return names;
}

}  // namespace

TEST_CASE("the order of members never changes hash or meaning") {
  const auto text = read_text(kHere / "good" / "everything.json");
  const ScenarioFile file = load_text(make(load_text(text), {{}, {}, "users"}).canonical);
  const Scenario expected = make(file, {{}, {}, "users"});
  for (std::uint64_t run = 1; run <= 20; ++run) {
    INFO("seed " << run);
    std::uint64_t seed = run;
    const Scenario scenario = make(json::dump(shuffled(file.json(), seed)), {{}, {}, "users"});
    CHECK(scenario.hash == expected.hash);
    CHECK(names_of(scenario) == names_of(expected));
    CHECK(scenario.workload.tasks[0].name == expected.workload.tasks[0].name);
  }
}

TEST_CASE("the canonical text is a scenario with the same canonical text") {
  auto files = files_in(kHere / "good");
  for (const auto& path : files_in(std::filesystem::path(REHEARSE_SOURCE_DIR) / "scenarios")) {
    files.push_back(path);
  }
  for (const auto& path : files) {
    INFO(path);
    const auto file = load_scenario(path);
    REQUIRE(file.ok());
    for (const std::string& workload : file->workloads()) {
      const Scenario scenario = make(*file, {{}, {}, workload});
      const auto again = parse_scenario(scenario.canonical, "canonical", file->folder());
      INFO(scenario.canonical);
      INFO((again.ok() ? "" : text_of_errors(again.errors())));
      REQUIRE(again.ok());
      const Scenario same = make(*again);
      CHECK(same.canonical == scenario.canonical);
      CHECK(names_of(same) == names_of(scenario));
    }
  }
}
