#pragma once

#include "harness/engine/job.hpp"
#include "harness/engine/stage_runner.hpp"
#include "harness/provider/outcome.hpp"

namespace rehearse::engine {

// Opens a span of a stage now; yields its place in job.spans.
std::uint32_t open_span(Job& job, std::uint32_t stage, std::uint32_t item, const Place& place,
                        std::uint32_t released_by);
// Ends it now.
void close_span(Job& job, std::uint32_t span, record::StageEnd end);

record::StageEnd end_of(provider::Failure failure);
// Whether what follows such a stage may run.
bool is_success(record::StageEnd end);

}  // namespace rehearse::engine
