#pragma once

#include <cstdint>

#include "harness/base/rng.hpp"
#include "harness/base/units.hpp"

// What writer and reader of run files agree on.
namespace rehearse::record {

inline constexpr std::int32_t kApplicationId = 0x52'48'52'31;  // "RHR1"
inline constexpr char kPlaceholder[] = "rehearse: this run is being written to ";

// The columns of a job row, in the order in which they are bound and read.
inline constexpr char kSchema[] = R"sql(
CREATE TABLE points(
  point INTEGER PRIMARY KEY,
  header TEXT NOT NULL,           -- JSON
  tally BLOB,                     -- counters and histograms of all jobs so far
  ended BLOB,                     -- how the run ended; NULL while it runs and after a kill
  job_sample_shift INTEGER NOT NULL DEFAULT 0,
  trace_sample_shift INTEGER NOT NULL DEFAULT 0);
CREATE TABLE jobs(
  point INTEGER NOT NULL, job INTEGER NOT NULL, task INTEGER NOT NULL,
  outcome INTEGER NOT NULL,       -- 0 done, 1 failed, 2 timed out, 3 cancelled; +16 warm-up
  intended_ns INTEGER NOT NULL,
  queue_ns INTEGER NOT NULL,      -- started - intended
  first_result_ns INTEGER NOT NULL,  -- after intended
  response_ns INTEGER NOT NULL,   -- done - intended
  drained_ns INTEGER NOT NULL,    -- after done
  cost_nano_usd INTEGER NOT NULL,
  rest BLOB NOT NULL);            -- usage, retries, CPU, I/O, memory, failed span: trace_codec.hpp
CREATE TABLE traces(
  point INTEGER NOT NULL, job INTEGER NOT NULL,
  failed INTEGER NOT NULL,        -- kept because it failed
  trace BLOB NOT NULL);           -- the job, its spans and its attempts: trace_codec.hpp
)sql";

// Mixed with a constant, so that samples do not follow the draws that job ids key.
inline std::uint64_t sample_hash(JobId job) { return mix64(job.value ^ 0x7265'6865'6172'7365ULL); }

}  // namespace rehearse::record
