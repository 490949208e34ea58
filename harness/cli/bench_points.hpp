#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/cli/arguments.hpp"
#include "harness/cli/sim_player.hpp"
#include "scenarios/model.hpp"

namespace rehearse::cli {

// What `rehearse bench` makes one benchmark of: a variant of a scenario at one point of its sweep.
struct BenchPoint {
  std::string name;  // reports::run_name(), safe for a terminal
  scenarios::Scenario scenario;
  std::shared_ptr<const SimPlayer> player;
};

// Every scenario file × variant × sweep point: --variant names one combination in place of each
// variant alone, --sweep other axes in place of the file's own. Everything that can be wrong with a
// file, a point or its profiles is an error here, before anything runs.
Result<std::vector<BenchPoint>> make_bench_points(const Arguments& arguments);

}  // namespace rehearse::cli
