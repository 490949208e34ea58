#pragma once

#include <cstddef>
#include <string>

#include "scenarios/load.hpp"

namespace rehearse::scenarios {

// What `rehearse show` prints: the graph of one instance with its stages, then parameters,
// variants, workloads, claims and objectives of its file. Lines are cut at `width` columns (at
// least 40); names and notes are made safe for a terminal.
std::string describe(const ScenarioFile& file, const Scenario& scenario, std::size_t width = 100);

}  // namespace rehearse::scenarios
