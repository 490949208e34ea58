#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/cli/arguments.hpp"
#include "harness/study/grid.hpp"
#include "scenarios/load.hpp"

namespace rehearse::cli {

// --workload --variant --set: what of a scenario file, for every verb that takes one.
std::vector<Flag> selection_flags();
// --jobs --users --rate --concurrency --duration --warmup: how much of it, for verbs that run it.
std::vector<Flag> load_flags();

// Reads both but for --duration and --warmup; flags that a verb does not have count as not given.
Result<scenarios::Selection> read_selection(const Arguments& arguments);

// --sweep and --sweep-when, for verbs that run grids.
std::vector<Flag> sweep_flags();
// The grid that --sweep and --sweep-when ask for.
Result<std::vector<study::GridPoint>> read_grid(const Arguments& arguments,
                                                const scenarios::ScenarioFile& file,
                                                const scenarios::Selection& selection);
// What they say alone; no axis where there is no --sweep.
Result<scenarios::Sweep> read_sweep(const Arguments& arguments,
                                    const scenarios::ScenarioFile& file);
// What a grid over this selection needs to know of the scenario.
study::GridOptions grid_options(const scenarios::ScenarioFile& file,
                                const scenarios::Selection& selection);

// Instantiates the selection and applies what no parameter can say: --duration, --warmup.
Result<scenarios::Scenario> make_scenario(const scenarios::ScenarioFile& file,
                                          const scenarios::Selection& selection,
                                          const Arguments& arguments);

}  // namespace rehearse::cli
