#pragma once

#include <string>
#include <vector>

#include "scenarios/load.hpp"

namespace rehearse::study {

// Variants of which at most one can play: a group, or ones that set the same place differently.
// Presets are none, and neither are variants that describe a condition and no optimisation.
struct Alternatives {
  std::string group;                 // its name; empty for a variant alone
  std::vector<std::string> members;  // in the order of the file
};

// The players of a scenario, in the order of the file.
std::vector<Alternatives> find_players(const scenarios::ScenarioFile& file);

}  // namespace rehearse::study
