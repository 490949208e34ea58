#pragma once

#include "harness/engine/job_sink.hpp"
#include "harness/record/recorder.hpp"

namespace rehearse::engine {

// Hands finished jobs to a recorder, which must outlive the sink.
struct RecorderSink final : JobSink {
  explicit RecorderSink(record::Recorder& the_recorder) : recorder(the_recorder) {}
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan> attempts) override {
    recorder.job_finished(job, spans, attempts);
  }
  record::Recorder& recorder;
};

}  // namespace rehearse::engine
