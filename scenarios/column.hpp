#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "scenarios/expression.hpp"

namespace rehearse::scenarios {

// One column of a CSV (header line, RFC 4180 quotes) or JSONL file, at most a million rows and 64
// MiB. An empty `column` takes the only one. Cells that are numbers come as numbers; `file` is
// relative to `folder`, and only regular files are read.
Result<std::vector<InputValue>> read_column(const std::filesystem::path& folder,
                                            const std::string& file, const std::string& column);

}  // namespace rehearse::scenarios
