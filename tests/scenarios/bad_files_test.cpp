#include <cstdlib>

#include "tests/scenarios/support.hpp"

using namespace rehearse;
using namespace rehearse::scenarios;

namespace {

// Each bad file has its errors beside it (.txt). UPDATE_GOLDEN=1 writes them anew.
void hold_against_golden(const std::filesystem::path& path) {
  INFO(path);
  const auto file = parse_scenario(read_text(path), path.filename().string(), path.parent_path());
  REQUIRE_FALSE(file.ok());
  const std::string text = text_of_errors(file.errors());
  std::filesystem::path golden = path;
  golden.replace_extension(".txt");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(golden, std::ios::binary) << text;
  }
  CHECK(text == read_text(golden));
}

}  // namespace

TEST_CASE("every bad file is refused with all its errors, each at its place") {
  const auto folder = GENERATE("shape", "meaning");
  const auto files = files_in(kHere / "bad" / folder);
  REQUIRE(files.size() > 20);
  for (const auto& path : files) {
    hold_against_golden(path);
  }
}

TEST_CASE("every good file loads, and each of its variants and workloads instantiates") {
  auto files = files_in(kHere / "good");
  const auto reference = files_in(std::filesystem::path(REHEARSE_SOURCE_DIR) / "scenarios");
  files.insert(files.end(), reference.begin(), reference.end());
  REQUIRE(files.size() >= 3);
  for (const auto& path : files) {
    INFO(path);
    const auto file = load_scenario(path);
    INFO((file.ok() ? "" : text_of_errors(file.errors())));
    REQUIRE(file.ok());
    for (const std::string& workload : file->workloads()) {
      CHECK(make(*file, {{}, {}, workload}).workload.name == workload);
    }
    for (const Variant& variant : file->variants()) {
      make(*file, {{variant.name}, {}, ""});
    }
  }
}

TEST_CASE("a missing file, a folder and a text that is no JSON give one clear line") {
  CHECK_FALSE(load_scenario(kHere / "nowhere.json").ok());
  CHECK_FALSE(load_scenario(kHere).ok());
  const auto broken = parse_scenario("{ \"stages\": ", "x.json", kHere);
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.errors().size() == 1);
}

TEST_CASE("too many stages are refused with one line") {
  std::string text = R"({"stages":{)";
  for (int i = 0; i < 10'001; ++i) {
    text += (i == 0 ? "\"s" : ",\"s") + std::to_string(i) + R"(":{"wait":"1s"})";
  }
  const auto file = parse_scenario(text + "}}", "x.json", kHere);
  REQUIRE_FALSE(file.ok());
  CHECK(file.errors().size() <= 2);
}

TEST_CASE("a text past 64 KiB is refused") {
  const auto file = parse_scenario(
      R"({"stages":{"a":{"wait":"1s"}},"note":")" + std::string(70'000, 'x') + "\"}", "x", kHere);
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().what.find("64 KiB") != std::string::npos);
}

TEST_CASE("the starter scenario is a good one") { make(starter()); }
