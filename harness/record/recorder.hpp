#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/record/event.hpp"
#include "harness/record/run.hpp"
#include "harness/record/run_end.hpp"
#include "harness/record/run_header.hpp"
#include "harness/record/tally.hpp"

namespace rehearse::record {

class RunWriter;

// Takes what the engine tells about one run (or one point of a grid) and keeps counters, histograms
// and, with a writer, rows. Budget: 150 ns a job and 40 ns a stage span without a writer, 1.2 us a
// job row more with one; memory is flat in finished jobs. Not thread-safe; several recorders may
// share one writer from several threads.
class Recorder {
 public:
  // `writer` may be null (nothing is written) and must outlive the recorder. `expected_jobs`, where
  // somebody knows: RunWriter::begin_point().
  explicit Recorder(RunHeader header, RunWriter* writer = nullptr, std::uint64_t expected_jobs = 0);
  ~Recorder();
  Recorder(Recorder&&) = delete;
  Recorder& operator=(Recorder&&) = delete;

  // A job has ended and its background work too. `spans` in the order of their start, groups before
  // their inner stages; `attempts` in any order. Nothing is kept of the spans themselves.
  void job_finished(const JobRecord& job, std::span<const StageSpan> spans,
                    std::span<const AttemptSpan> attempts);

  // Call it about every 100 ms of wall time: commits what was written if 500 ms have passed.
  void tick(Instant wall_now);

  // The end of the run; once. Checks conservation (issued = done + failed + timed out + cancelled)
  // and Little's law and adds what is wrong to the invalid reasons. Errors are the file's.
  Status finish(RunEnd end);

  const RunHeader& header() const { return point_.header; }
  const Tally& tally() { return point().tally; }
  // Everything a report needs; whole after finish(). Holds traces of the first jobs (at most 6).
  const RunPoint& point() {
    settle();
    return point_;
  }
  RunPoint take_point() { return std::move(point_); }

 private:
  struct Scratch;
  void count_job(const JobRecord& job);
  void time_job(const JobRecord& job);
  void count_spans(const JobRecord& job, std::span<const StageSpan> spans);
  void time_span(const StageSpan& span, StageTally& stage);
  void count_critical(std::span<const StageSpan> spans);
  void count_attempts(const JobRecord& job, std::span<const StageSpan> spans,
                      std::span<const AttemptSpan> attempts);
  void settle();

  RunPoint point_;
  RunWriter* writer_ = nullptr;
  std::uint32_t writer_point_ = 0;
  std::unique_ptr<Scratch> scratch_;
  std::optional<Instant> last_commit_;
};

}  // namespace rehearse::record
