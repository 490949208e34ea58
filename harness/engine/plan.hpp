#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/engine/call_plan.hpp"
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

// What a stage needs nothing but time for, so that it costs no coroutine of its own
// (plain_stage.hpp): an item of its fan-out, or all of it.
enum class Plain : std::uint8_t { No, Item, Stage };

// A scenario, laid out for running: the same for all its runs, which change nothing of it.
struct Plan {
  std::vector<Level> graphs;  // by task
  std::vector<Level> groups;  // by stage index; empty for stages that are no groups
  bool has_background = false;
  // By stage:
  std::vector<std::vector<scenarios::ResourceUse>> uses;  // its own, and its provider's
  std::vector<std::string> requests;        // what is really sent, where it is always the same
  std::vector<std::uint8_t> fills_request;  // its request is filled in for each job
  std::vector<std::uint8_t> keep_text;      // a later request quotes its answer
  std::vector<Plain> plain;
  std::vector<CallPlan> calls;       // empty where it is no call
  std::vector<CallPlan> base_calls;  // of CallStage::base, where it has one

  // `scenario` outlives the plan and stays where it is.
  explicit Plan(const scenarios::Scenario& scenario);

 private:
  void plan_requests(const scenarios::Scenario& scenario);
};

}  // namespace rehearse::engine
