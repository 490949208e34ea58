#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/record/recorded_call.hpp"
#include "mocks/calibration/timed_call.hpp"

namespace rehearse::calibration {

// Reads a recording (a run file with calls), a JSON array of objects, JSON lines, or CSV with a
// header line. Columns by their usual names: total (end_to_end_latency_s, latency_s, duration_ms,
// …) is required; ttft_s, input and output tokens, model, operation, at_s, size, quality,
// error_code where they are known. A table without a model column has its file's name as model.
// Every error names file and line. Of a recording, calls to `provider` alone where that is given.
Result<CallTable> load_timed_calls(const std::filesystem::path& path, std::string_view provider);

// The same from text; `name` stands in errors, its stem is the model where no column says one.
Result<CallTable> parse_timed_calls(std::string_view text, const std::string& name);

// A recorded call that was answered, without the set-up of its connection, which is no part of the
// provider's time.
TimedCall timed_call(const record::RecordedCall& call);

}  // namespace rehearse::calibration
