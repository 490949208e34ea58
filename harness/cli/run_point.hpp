#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/world.hpp"
#include "harness/record/objective.hpp"
#include "harness/record/recorder.hpp"
#include "harness/record/run_file.hpp"
#include "scenarios/model.hpp"

namespace rehearse::cli {

struct RunSetup {
  WorldOptions world;
  record::KeepRule keep;
  double max_error_rate = 1;
  std::uint64_t max_in_flight = 1'000'000;  // jobs; past it the run stops as saturated
  std::optional<Money> max_cost;
  std::vector<record::Objective> abort_on;  // the run ends where one is missed
  Duration drain = Duration::seconds(10);   // wall time that an interrupt leaves to jobs in flight
  std::string point;                        // of a grid
  json::Value axes;                         // of a grid
  bool progress = true;                     // off where several points run side by side
  std::string drive = "stages";
  std::string entry;  // marks of a history file: RunHeader has their meaning
  std::string label;
  std::string branch;
};

struct PointResult {
  record::RunPoint point;
  std::uint64_t hash = 0;
  bool aborted = false;  // an objective of RunSetup::abort_on is missed
};

// Runs a scenario's stages once, recording into `writer` (null: nothing is kept in a file).
Result<PointResult> run_point(const scenarios::Scenario& scenario, const RunSetup& setup,
                              record::RunWriter* writer, const Console& console);

}  // namespace rehearse::cli
