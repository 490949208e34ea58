#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/model.hpp"

namespace rehearse::engine {

// One level of a graph, its outermost stages or the inside of a group, laid out for running: places
// are indices into `stages`.
struct Level {
  std::vector<std::uint32_t> stages;                   // index into Scenario::stages, ascending
  std::vector<std::uint32_t> predecessors;             // how many must end before place i is ready
  std::vector<std::vector<std::uint32_t>> successors;  // places that wait for place i
  std::vector<bool> background;                        // flagged, or after one that is
  std::vector<std::uint32_t> roots;                    // places with no predecessor
  bool any_background = false;
  bool sequential = false;              // one stage after the other, none in the background
  std::vector<std::uint32_t> sequence;  // of a sequential level: its stages in their order
};

// The graphs of a scenario, compiled once a run.
struct Plan {
  std::vector<Level> graphs;  // by task
  std::vector<Level> groups;  // by stage index; empty for stages that are no groups
  bool has_background = false;

  explicit Plan(const scenarios::Scenario& scenario);
};

}  // namespace rehearse::engine
