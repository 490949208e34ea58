#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/wide.hpp"
#include "harness/engine/job.hpp"
#include "harness/engine/job_sink.hpp"
#include "harness/runtime/event.hpp"

namespace rehearse::engine {

// Runs jobs from their start to the end of their background work, counts them and tells the sink.
class JobRunner {
 public:
  JobRunner(Shared& shared, JobSink& sink, runtime::StopToken stop);

  struct Order {
    JobId id;
    Instant intended;
    runtime::Event* answered = nullptr;  // set when the last foreground stage has ended
    // Of its row of a trace; looked at before the job first waits.
    const std::vector<scenarios::InputValue>* cells = nullptr;
  };
  // One job. Ends when its background work has ended too.
  runtime::Task<void> run(Order order);

  std::uint64_t issued() const { return issued_; }
  std::uint64_t ended() const { return ended_; }
  std::uint64_t not_done() const { return not_done_; }
  std::uint64_t warmup_issued() const { return warmup_issued_; }
  std::uint64_t in_flight() const { return in_flight_; }
  std::uint64_t max_in_flight() const { return max_in_flight_; }
  std::uint64_t hash() const { return hash_; }
  // Job-nanoseconds inside, counted by the clock and by the jobs: Little's law says they are equal.
  Wide inside_by_clock() const { return inside_by_clock_; }
  Wide inside_by_jobs() const { return inside_by_jobs_; }

 private:
  struct Buffers {
    Trail trail;
    std::vector<scenarios::InputValue> inputs;
  };
  std::uint32_t choose_task(const Job& job) const;
  runtime::Task<void> run_holding(Job& job, const Level& graph);
  void enter(Job& job, const std::vector<scenarios::InputValue>* cells);
  void leave(Job& job);
  void settle();
  void finish(Job& job, Instant answered, bool gave_up);

  Shared& shared_;
  JobSink& sink_;
  runtime::StopToken stop_;
  std::vector<Buffers> free_buffers_;
  std::vector<record::StageSpan> spans_;  // of the job that ends just now
  std::vector<record::AttemptSpan> attempts_;
  std::vector<double> task_cumulative_;
  std::uint64_t issued_ = 0;
  std::uint64_t warmup_issued_ = 0;
  std::uint64_t ended_ = 0;
  std::uint64_t not_done_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t max_in_flight_ = 0;
  std::uint64_t hash_ = 0;
  Wide inside_by_clock_ = 0;
  Wide inside_by_jobs_ = 0;
  Instant settled_;
};

}  // namespace rehearse::engine
