#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/record/run.hpp"

namespace rehearse::record {

// What an entry of a history file is called. An empty `entry` keeps the run's own marks.
struct EntryMark {
  std::string entry;  // unique
  std::string label;
  std::string branch;
  std::string reason;
};

// Copies points of a run file, with all their rows, to the end of another, which is made where it
// is not there: all of them or none. Errors name the file: missing, no run file, of another
// version, being written by another run, the disk full.
Status append_points(const Run& run, const std::vector<std::size_t>& points,
                     const std::filesystem::path& to, const EntryMark& mark);

}  // namespace rehearse::record
