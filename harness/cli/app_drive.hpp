#pragma once

#include "harness/base/result.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/run_point.hpp"

namespace rehearse::cli {

// Runs the user's own program once a job (`--drive app`) against mock or live providers, and
// records what the mocks saw of each job beside what was measured of its process. Without a mock
// there are no stages to see.
Result<PointResult> run_app(const scenarios::Scenario& scenario, const RunSetup& setup,
                            record::RunWriter* writer, const Console& console);

// Whether a scenario can be driven as `setup` says; stages can always be.
Status check_drive(const scenarios::Scenario& scenario, const RunSetup& setup);

}  // namespace rehearse::cli
