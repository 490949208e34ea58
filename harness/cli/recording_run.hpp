#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/record/recorded_call.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::cli {

// How a recorded program came and went.
struct RecordedProgram {
  std::string name;  // "node", or "served"
  Instant created;   // wall time
  Duration took;
  bool succeeded = true;
};

// Writes a recording's calls once more as a run of one job, the program, so that every report reads
// it: a stage for each (provider, operation, model), a span for each call.
Status write_recorded_run(record::RunWriter& file, const RecordedProgram& program,
                          const std::vector<record::RecordedCall>& calls);

}  // namespace rehearse::cli
