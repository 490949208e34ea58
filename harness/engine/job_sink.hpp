#pragma once

#include <span>

#include "harness/record/event.hpp"

namespace rehearse::engine {

// Takes each job when its last stage has ended; what it is given is only there during the call.
class JobSink {
 public:
  virtual ~JobSink() = default;
  virtual void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                            std::span<const record::AttemptSpan> attempts) = 0;
};

}  // namespace rehearse::engine
