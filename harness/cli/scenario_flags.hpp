#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/cli/arguments.hpp"
#include "scenarios/load.hpp"

namespace rehearse::cli {

// The flags with which every verb selects what to run of a scenario file.
std::vector<Flag> selection_flags();

// Reads them: --variant --workload --set --jobs --users --rate --concurrency.
Result<scenarios::Selection> read_selection(const Arguments& arguments);

// Instantiates the selection and applies what no parameter can say: --duration, --warmup.
Result<scenarios::Scenario> make_scenario(const scenarios::ScenarioFile& file,
                                          const scenarios::Selection& selection,
                                          const Arguments& arguments);

}  // namespace rehearse::cli
