#include "harness/engine/job_runner.hpp"

#include <algorithm>
#include <optional>

#include "harness/engine/stage_runner.hpp"
#include "harness/runtime/deadline.hpp"

namespace rehearse::engine {
namespace {

// Values with their places, mixed beside one another: a chain would wait for every step.
class Digest {
 public:
  void add(std::uint64_t value) { sum_ += mix64(value ^ (place_ += 0xD1B5'4A32'D192'ED03ULL)); }
  std::uint64_t value() const { return sum_; }

 private:
  std::uint64_t place_ = 0;
  std::uint64_t sum_ = 0;
};

std::uint64_t bits(Instant instant) { return static_cast<std::uint64_t>(instant.count_ns()); }

std::uint64_t hash_job(std::uint64_t hash, const record::JobRecord& job,
                       const std::vector<record::StageSpan>& spans) {
  Digest digest;
  digest.add(job.id.value);
  digest.add(static_cast<std::uint64_t>(job.end));
  digest.add(bits(job.intended));
  digest.add(bits(job.done));
  digest.add(static_cast<std::uint64_t>(job.cost.count_nano_usd()));
  for (const record::StageSpan& span : spans) {
    digest.add(bits(span.started) ^ (bits(span.done) << 1) ^ span.stage);
  }
  return mix64(hash ^ digest.value());
}

}  // namespace

JobRunner::JobRunner(Shared& shared, JobSink& sink, runtime::StopToken stop)
    : shared_(shared), sink_(sink), stop_(stop), settled_(shared.runtime.now()) {
  double total = 0;
  for (const scenarios::TaskShare& share : shared.scenario.workload.tasks) {
    total += share.weight;
    task_cumulative_.push_back(total);
  }
  for (double& weight : task_cumulative_) {
    weight /= total;
  }
}

std::uint32_t JobRunner::choose_task(const Job& job) const {
  const std::vector<scenarios::TaskShare>& tasks = shared_.scenario.workload.tasks;
  if (tasks.size() < 2) {
    return tasks.empty() ? 0 : tasks.front().graph;
  }
  const double u = job.key(0, 0).uniform(Dimension::TaskChoice);
  const auto found = std::upper_bound(task_cumulative_.begin(), task_cumulative_.end(), u);
  const auto place = static_cast<std::size_t>(found - task_cumulative_.begin());
  return tasks[std::min(place, tasks.size() - 1)].graph;
}

void JobRunner::settle() {
  const Instant now = shared_.runtime.now();
  inside_by_clock_ += static_cast<Wide>(in_flight_) * (now - settled_).count_ns();
  settled_ = now;
}

void JobRunner::enter(Job& job, const std::vector<scenarios::InputValue>* cells) {
  settle();
  ++in_flight_;
  max_in_flight_ = std::max(max_in_flight_, in_flight_);
  if (job.id.value < shared_.scenario.workload.warmup_jobs) {
    ++warmup_issued_;
  } else {
    ++issued_;
  }
  if (!free_buffers_.empty()) {
    Buffers& buffers = free_buffers_.back();
    job.trail = std::move(buffers.trail);
    job.inputs = std::move(buffers.inputs);
    free_buffers_.pop_back();
  }
  job.trail.clear();
  job.started = shared_.runtime.now();
  job.task = choose_task(job);
  // As many as most jobs need and not twice that: jobs in flight are many.
  job.trail.spans.reserve(shared_.plan.graphs[job.task].stages.size());
  if (!shared_.scenario.inputs.empty()) {
    job.draw_inputs(cells);
  }
}

void JobRunner::leave(Job& job) {
  settle();
  --in_flight_;
  inside_by_jobs_ += (shared_.runtime.now() - job.started).count_ns();
}

// A job that keeps what it holds from its first to its last foreground stage.
runtime::Task<void> JobRunner::run_holding(Job& job, const Level& graph) {
  Grants grants;
  const DrawKey key = job.key(0, 0);
  const record::StageEnd end = co_await acquire(job, shared_.scenario.workload.holds, key, grants);
  if (end == record::StageEnd::Done) {
    job.admitted = shared_.runtime.now();
    const Place outermost;
    co_await run_level(job, graph, outermost, record::kNoStage);
  } else {
    job.fail(record::kNoStage, end == record::StageEnd::Rejected ? record::JobEnd::Failed
                                                                 : record::JobEnd::Cancelled);
  }
}

runtime::Task<void> JobRunner::run(Order order) {
  Job job(shared_, stop_);
  job.id = order.id;
  job.intended = order.intended;
  enter(job, order.cells);
  const scenarios::Workload& workload = shared_.scenario.workload;
  bool gave_up = false;
  {
    std::optional<runtime::Deadline> patience;
    if (workload.patience) {
      const DrawKey key = job.key(0, 0);
      const double seconds = amount(*workload.patience, job, key, Dimension::Patience);
      patience.emplace(shared_.runtime, job.intended + Duration::from_seconds(seconds), job.stop);
    }
    const Level& graph = shared_.plan.graphs[job.task];
    const Place outermost;
    if (workload.holds.empty()) {
      co_await run_level(job, graph, outermost, record::kNoStage);
    } else {
      co_await run_holding(job, graph);
    }
    gave_up = patience && patience->expired();
  }
  const Instant answered = shared_.runtime.now();
  leave(job);
  if (order.answered != nullptr) {
    order.answered->set();
  }
  co_await job.background.join();
  finish(job, answered, gave_up);
}

void JobRunner::finish(Job& job, Instant answered, bool gave_up) {
  record::JobRecord record;
  record.id = job.id;
  record.task = job.task;
  record.warmup = job.id.value < shared_.scenario.workload.warmup_jobs;
  record.end = job.end;
  if (job.stop.stop_requested() && (gave_up || job.end == record::JobEnd::Done)) {
    record.end = record::JobEnd::Cancelled;
  }
  record.intended = job.intended;
  record.started = std::max(job.started, job.admitted);
  record.done = answered;
  record.drained = shared_.runtime.now();
  record.first_result = std::min(job.first_result, answered);
  record.failed_span = job.failed_span;
  record.retries = job.retries;
  job.trail.expand(spans_, attempts_, record);
  ++ended_;
  not_done_ += record.end == record::JobEnd::Done ? 0 : 1;
  hash_ = hash_job(hash_, record, spans_);
  sink_.job_finished(record, spans_, attempts_);
  free_buffers_.push_back({std::move(job.trail), std::move(job.inputs)});
}

}  // namespace rehearse::engine
