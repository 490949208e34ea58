#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "scenarios/model.hpp"

namespace rehearse::cli {

enum class WorldKind { Sim, Mock, Live };
std::string world_name(WorldKind kind);

// Who answers each provider's calls: `--against mock --against openai=live`.
struct Against {
  WorldKind all = WorldKind::Sim;
  std::map<std::string, WorldKind> by_provider = {};

  WorldKind of(const std::string& provider) const;
  // "sim", or "mock, openai=live".
  std::string text() const;
  bool is_sim() const { return all == WorldKind::Sim; }
  bool any_live() const;
};

// Reads the values of --against. A mix of virtual and real time is an error.
Result<Against> parse_against(const std::vector<std::string>& values);

}  // namespace rehearse::cli
