#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/event.hpp"
#include "harness/record/run_end.hpp"
#include "harness/record/run_header.hpp"
#include "harness/record/tally.hpp"

namespace rehearse::record {

// One job with everything that was seen of it.
struct JobTrace {
  JobRecord job;
  std::vector<StageSpan> spans;
  std::vector<AttemptSpan> attempts;
};

// What of a point's jobs is kept row by row.
struct KeptRows {
  std::uint64_t job_rows = 0;
  std::uint32_t job_sample_shift = 0;  // k: rows are of jobs with hash mod 2^k = 0
  std::uint64_t traces = 0;
  std::uint32_t trace_sample_shift = 0;
};

// One run, or one point of a grid.
struct RunPoint {
  RunHeader header;
  Tally tally;
  std::optional<RunEnd> end;  // none: the run was killed, or is still running
  KeptRows kept;
  std::vector<JobTrace> first_jobs;  // traces of the first jobs, at most 6, by id
};

// The content of a run file. Rows and further traces are read when asked for: run_file.hpp.
struct Run {
  std::filesystem::path path;
  std::vector<RunPoint> points;  // at least one; several: a grid
};

}  // namespace rehearse::record
