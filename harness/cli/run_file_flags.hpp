#pragma once

#include <memory>
#include <string>

#include "harness/base/result.hpp"
#include "harness/cli/arguments.hpp"
#include "harness/cli/run_point.hpp"

namespace rehearse::cli {

// --against, --speed, --seed, --out, --max-errors: how and where to, for every verb that runs.
std::vector<Flag> world_flags();

// Reads them, but for --out.
Result<RunSetup> read_setup(const Arguments& arguments, const std::filesystem::path& folder);

// Creates the run file that --out names, or a dated one under runs/.
Result<std::unique_ptr<record::RunWriter>> create_run_file(const Arguments& arguments,
                                                           const std::string& scenario);

}  // namespace rehearse::cli
