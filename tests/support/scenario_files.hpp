#pragma once

#include <catch2/catch.hpp>

#include <string>

#include "scenarios/load.hpp"

// Scenario files of tests that must load.
namespace rehearse::test {

inline scenarios::ScenarioFile parsed(const std::string& text) {
  auto file = scenarios::parse_scenario(text, "test.json", ".");
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  return *file;
}

// One of the reference scenarios.
inline scenarios::ScenarioFile reference(const std::string& name) {
  auto file =
      scenarios::load_scenario(std::string(REHEARSE_SOURCE_DIR) + "/scenarios/" + name + ".json");
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  return *file;
}

}  // namespace rehearse::test
