#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "scenarios/load.hpp"

namespace rehearse::scenarios {

inline const std::filesystem::path kHere =
    std::filesystem::path(REHEARSE_SOURCE_DIR) / "tests" / "scenarios";

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// The .json files of a folder, sorted by name.
inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".json" && entry.path().filename() != "schema.json") {
        files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string text_of_errors(const Errors& errors) {
  std::string text;
  for (const Error& error : errors) {
    text += error.text() + "\n";
  }
  return text;
}

inline ScenarioFile load_text(const std::string& text) {
  auto file = parse_scenario(text, "test.json", kHere / "good");
  INFO(text);
  INFO((file.ok() ? "" : text_of_errors(file.errors())));
  REQUIRE(file.ok());
  return *file;
}

inline Scenario make(const ScenarioFile& file, const Selection& selection = {}) {
  auto scenario = instantiate(file, selection);
  INFO((scenario.ok() ? "" : text_of_errors(scenario.errors())));
  REQUIRE(scenario.ok());
  return *scenario;
}

inline Scenario make(const std::string& text, const Selection& selection = {}) {
  return make(load_text(text), selection);
}

inline const Stage& stage(const Scenario& scenario, const std::string& path) {
  for (const Stage& stage : scenario.stages) {
    if (stage.path == path) {
      return stage;
    }
  }
  FAIL("no stage " << path);
  throw 0;
}

// The names of what a stage waits for, sorted and joined: "a b".
inline std::string before(const Scenario& scenario, const std::string& path) {
  std::vector<std::string> names;
  for (const StageIndex index : stage(scenario, path).before) {
    names.push_back(scenario.stages[index.value].name);
  }
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : " ") + name;
  }
  return text;
}

}  // namespace rehearse::scenarios
