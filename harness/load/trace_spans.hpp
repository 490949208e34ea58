#pragma once

#include <memory>

#include "harness/base/result.hpp"
#include "harness/load/trace.hpp"

namespace rehearse::load {

// OTLP spans (an export of JSON lines or one document) and others that have "spans": each trace is
// a job that comes at its earliest span. Columns: "input_tokens" and "output_tokens" of all its
// calls (gen_ai.usage.*), "NAME.input_tokens" and "NAME.output_tokens" of the spans of one name.
// Jobs come in the order of their instants.
Result<std::unique_ptr<TraceRows>> open_spans(const TraceSpec& spec);

}  // namespace rehearse::load
