#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/rates/virtual_trial.hpp"

namespace rehearse::rates {

// One line of the table about power: what must happen, or must not, and how often. `run` makes some
// of its tries, each from its own number, so that they can be counted by chunks, side by side.
struct PowerLine {
  std::string name;
  std::string goal;  // "at least 95%"
  std::uint64_t tries;
  std::uint64_t chunk;
  std::function<Tries(std::uint64_t first, std::uint64_t n)> run;
};

// In the order of the table. `pairs`: the tries of those that are quick; others make fewer.
std::vector<PowerLine> power_lines(std::uint64_t pairs);

}  // namespace rehearse::rates
