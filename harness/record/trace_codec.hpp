#pragma once

#include <span>
#include <string_view>

#include "harness/base/usage.hpp"
#include "harness/record/bytes.hpp"
#include "harness/record/event.hpp"
#include "harness/record/run.hpp"

namespace rehearse::record {

// What a job consumed; one byte where it consumed nothing.
void write_usage(ByteWriter& out, const Usage& usage);
void read_usage(ByteReader& in, Usage& usage);

// Usage, retries, CPU, I/O, memory and the failed span of a job.
void write_job_rest(ByteWriter& out, const JobRecord& job);
void read_job_rest(ByteReader& in, JobRecord& job);

// A whole job record.
void write_job(ByteWriter& out, const JobRecord& job);
void read_job(ByteReader& in, JobRecord& job);

// One job with its spans and attempts; instants relative to its intended start. Appends to `out`.
void write_trace(ByteWriter& out, const JobRecord& job, std::span<const StageSpan> spans,
                 std::span<const AttemptSpan> attempts);
// False where the bytes are damaged.
bool read_trace(std::string_view bytes, JobTrace& trace);

}  // namespace rehearse::record
