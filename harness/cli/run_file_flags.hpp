#pragma once

#include <memory>
#include <string>

#include "harness/base/result.hpp"
#include "harness/cli/arguments.hpp"
#include "harness/cli/run_point.hpp"

namespace rehearse::cli {

// --against, --speed, --seed, --out, --max-errors, …: how and where to, for every verb that runs.
std::vector<Flag> world_flags();

// --append, --label, --branch: a run as an entry of a history file.
std::vector<Flag> history_flags();

// Unique in this file and any other: what the points that one command writes have in common.
std::string new_entry();

// Reads them, but for --out.
Result<RunSetup> read_setup(const Arguments& arguments, const std::filesystem::path& folder);

// Creates the run file that --out names, or a dated one under runs/; with --append one beside --out
// until close_run_file() adds it there.
Result<std::unique_ptr<record::RunWriter>> create_run_file(const Arguments& arguments,
                                                           const std::string& scenario);

// Closes it and brings it where it belongs; the path at which its runs now lie.
Result<std::filesystem::path> close_run_file(const Arguments& arguments, record::RunWriter& writer);

}  // namespace rehearse::cli
