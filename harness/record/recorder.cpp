#include "harness/record/recorder.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "harness/record/critical_path.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::record {
namespace {

constexpr Duration kCommitEvery = Duration::milliseconds(500);

bool is_real(const StageSpan& span) { return span.end != StageEnd::Skipped; }

void count_end(StageTally& stage, const StageSpan& span) {
  switch (span.end) {
    case StageEnd::Done:
      break;
    case StageEnd::CacheHit:
      ++stage.cache_hits;
      break;
    case StageEnd::Skipped:
      break;
    case StageEnd::Failed:
      ++stage.failed;
      break;
    case StageEnd::TimedOut:
      ++stage.timed_out;
      break;
    case StageEnd::Cancelled:
      ++stage.cancelled;
      break;
    case StageEnd::Rejected:
      ++stage.rejected;
      break;
  }
}

void count_job_end(JobTally& jobs, const JobRecord& job) {
  switch (job.end) {
    case JobEnd::Done:
      ++jobs.done;
      break;
    case JobEnd::Failed:
      ++jobs.failed;
      break;
    case JobEnd::TimedOut:
      ++jobs.timed_out;
      break;
    case JobEnd::Cancelled:
      ++jobs.cancelled;
      break;
  }
  jobs.cost.record(job.cost.count_nano_usd());
}

void count_wire(const AttemptSpan& attempt, WireTally& tally) {
  const WireTimes& wire = *attempt.wire;
  if (wire.http) {
    if (wire.reused) {
      ++tally.reused;
    } else {
      tally.dns.record(wire.dns.count_ns());
      tally.connect.record(wire.connect.count_ns());
      tally.tls.record(wire.tls.count_ns());
    }
    tally.first_byte.record(wire.first_byte.count_ns());
    tally.body.record(wire.body.count_ns());
    if (wire.added) {
      tally.added.record(wire.added->count_ns());
    }
  }
  for (const Duration gap : wire.gaps) {
    tally.itl.record(gap.count_ns());
  }
  if (!wire.gaps.empty() && attempt.usage.output_tokens > 1) {
    tally.tpot.record(wire.content.count_ns() / (attempt.usage.output_tokens - 1));
  }
}

void check_conservation(const Tally& tally, RunEnd& end) {
  if (end.issued != tally.jobs.ended()) {
    end.invalid_reasons.push_back(std::to_string(end.issued) + " jobs were issued but " +
                                  std::to_string(tally.jobs.ended()) +
                                  " ended (done, failed, timed out or cancelled)");
  }
  if (end.dropped > 0) {
    end.invalid_reasons.push_back(std::to_string(end.dropped) + " jobs were never started");
  }
  // Little's law holds exactly over a whole run that starts and ends empty; 1% is for an engine
  // that reads the two at slightly different instants.
  const double larger = std::max(end.little_l, end.little_lambda_w);
  if (std::abs(end.little_l - end.little_lambda_w) > 0.01 * larger + 1e-9) {
    end.invalid_reasons.push_back("Little's law does not hold: L is not lambda x W");
  }
}

}  // namespace

// What is gathered of one fanned-out stage over the spans of one job.
struct Gathered {
  std::uint64_t job = 0;  // count of the job that this belongs to
  Instant ready;
  Instant started;
  Instant done;
  bool item = false;  // an item was among them, not only the span around all of them
};

struct Recorder::Scratch {
  // Most of what ends did not wait: then its response and service times are the same, and one note
  // stands for both and for a queue time of zero until settle().
  stats::Histogram prompt_jobs;                // their first result came with the end, too
  std::vector<stats::Histogram> prompt_spans;  // by stage
  std::vector<std::uint8_t> many;              // by stage: it or a group around it is fanned out
  std::vector<Gathered> gathered;              // by stage
  std::vector<std::uint32_t> touched;          // stages gathered of this job
  std::vector<CriticalPart> path;
  std::uint64_t job = 0;
};

Recorder::Recorder(RunHeader header, RunWriter* writer, std::uint64_t expected_jobs)
    : writer_(writer), scratch_(std::make_unique<Scratch>()) {
  point_.header = std::move(header);
  const std::vector<StageInfo>& stages = point_.header.stages;
  point_.tally.stages.resize(stages.size());
  point_.tally.tasks.resize(std::max<std::size_t>(point_.header.tasks.size(), 1));
  scratch_->gathered.resize(stages.size());
  scratch_->prompt_spans.resize(stages.size());
  for (const StageInfo& stage : stages) {
    const bool around = stage.parent < scratch_->many.size() && scratch_->many[stage.parent] != 0;
    scratch_->many.push_back(stage.fanned_out || around ? 1 : 0);
  }
  if (writer_ != nullptr) {
    writer_point_ = writer_->begin_point(point_.header, expected_jobs);
  }
}

Recorder::~Recorder() = default;

void Recorder::job_finished(const JobRecord& job, std::span<const StageSpan> spans,
                            std::span<const AttemptSpan> attempts) {
  count_job(job);
  if (!job.warmup) {
    count_spans(job, spans);
    count_attempts(job, spans, attempts);
  }
  if (writer_ != nullptr) {
    writer_->add_job(writer_point_, job, spans, attempts);
  }
  if (job.id.value < kFirstJobs) [[unlikely]] {
    point_.first_jobs.push_back(
        {job, {spans.begin(), spans.end()}, {attempts.begin(), attempts.end()}});
  }
}

void Recorder::count_job(const JobRecord& job) {
  Tally& tally = point_.tally;
  const bool done = job.end == JobEnd::Done;
  const Duration response = job.done - job.intended;
  tally.timeline.add(job.started, job.done, done, response);
  if (job.warmup) {
    ++tally.warmup_jobs;
    return;
  }
  count_job_end(tally.jobs, job);
  if (job.task < tally.tasks.size() && tally.tasks.size() > 1) {
    count_job_end(tally.tasks[job.task], job);
    if (done) {
      tally.tasks[job.task].response.record(response.count_ns());
    }
  }
  tally.retries += job.retries;
  tally.late_background += job.drained > job.done ? 1u : 0u;
  tally.usage += job.usage;
  tally.cost_nano_usd += job.cost.count_nano_usd();
  tally.first_intended_ns = std::min(tally.first_intended_ns, job.intended.count_ns());
  tally.last_done_ns = std::max(tally.last_done_ns, job.done.count_ns());
  tally.last_drained_ns = std::max(tally.last_drained_ns, job.drained.count_ns());
  if (!done) {
    tally.lost.record(response.count_ns());
    return;
  }
  const RunHeader& header = point_.header;
  const bool good = (!header.good_response || response <= *header.good_response) &&
                    (!header.good_cost || job.cost <= *header.good_cost);
  tally.good += good ? 1u : 0u;
  time_job(job);
}

void Recorder::time_job(const JobRecord& job) {
  Tally& tally = point_.tally;
  const Duration response = job.done - job.intended;
  if (job.started == job.intended && job.first_result == job.done) {
    scratch_->prompt_jobs.record(response.count_ns());
  } else {
    tally.jobs.response.record(response.count_ns());
    tally.service.record((job.done - job.started).count_ns());
    tally.queue.record((job.started - job.intended).count_ns());
    tally.first_result.record((job.first_result - job.intended).count_ns());
  }
  if (job.cpu > Duration::zero() || job.io_wait > Duration::zero()) {
    tally.cpu.record(job.cpu.count_ns());
    tally.io_wait.record(job.io_wait.count_ns());
  }
  if (job.memory_peak_mb > 0) {
    tally.memory.record(static_cast<std::int64_t>(std::min(job.memory_peak_mb, 1e12) * 1e6));
  }
}

void Recorder::count_spans(const JobRecord& job, std::span<const StageSpan> spans) {
  Tally& tally = point_.tally;
  Scratch& scratch = *scratch_;
  const bool done = job.end == JobEnd::Done;
  ++scratch.job;
  scratch.touched.clear();
  for (const StageSpan& span : spans) {
    if (span.stage >= tally.stages.size()) {
      continue;
    }
    StageTally& stage = tally.stages[span.stage];
    if (!is_real(span)) {
      ++stage.skipped;
      continue;
    }
    if (span.item != kWhole) {  // around a fan-out: its items count
      ++stage.executions;
      count_end(stage, span);
      stage.truncated += span.truncated ? 1u : 0u;
      stage.usage += span.usage;
      stage.cost_nano_usd += span.cost.count_nano_usd();
    }
    if (done) {
      time_span(span, stage);
    }
  }
  for (const std::uint32_t index : scratch.touched) {
    const Gathered& gathered = scratch.gathered[index];
    StageTally& stage = tally.stages[index];
    stage.response.record((gathered.done - gathered.ready).count_ns());
    stage.queue.record((gathered.started - gathered.ready).count_ns());
    stage.service.record((gathered.done - gathered.started).count_ns());
  }
  if (done) {
    count_critical(spans);
  }
}

void Recorder::time_span(const StageSpan& span, StageTally& stage) {
  Scratch& scratch = *scratch_;
  const bool item = span.item != kWhole;
  // Only an answer that came in parts has a first one: local work and whole answers have none.
  const bool called =
      point_.header.stages[span.stage].kind == StageRowKind::Call && span.end != StageEnd::CacheHit;
  if (item && called && span.started < span.first_chunk && span.first_chunk < span.done) {
    stage.ttft.record((span.first_chunk - span.started).count_ns());
  }
  const std::int64_t service = (span.done - span.started).count_ns();
  if (scratch.many[span.stage] == 0) {
    if (span.started == span.ready) {
      scratch.prompt_spans[span.stage].record(service);
      return;
    }
    stage.response.record((span.done - span.ready).count_ns());
    stage.queue.record((span.started - span.ready).count_ns());
    stage.service.record(service);
    return;
  }
  if (item) {
    stage.each.record(service);
  }
  Gathered& gathered = scratch.gathered[span.stage];
  if (gathered.job != scratch.job) {
    gathered = {scratch.job, span.ready, span.started, span.done, item};
    scratch.touched.push_back(span.stage);
    return;
  }
  gathered.ready = std::min(gathered.ready, span.ready);
  gathered.done = std::max(gathered.done, span.done);
  if (item) {  // the span around them waits for no slot: its first item tells when work began
    gathered.started = gathered.item ? std::min(gathered.started, span.started) : span.started;
    gathered.item = true;
  }
}

void Recorder::count_critical(std::span<const StageSpan> spans) {
  Tally& tally = point_.tally;
  critical_path(spans, scratch_->path);
  Wide all = 0;
  for (const CriticalPart& part : scratch_->path) {
    const std::uint32_t index = spans[part.span].stage;
    if (index < tally.stages.size()) {
      tally.stages[index].critical_ns += part.time.count_ns();
      all += part.time.count_ns();
    }
  }
  tally.critical_ns += all;
}

void Recorder::count_attempts(const JobRecord&, std::span<const StageSpan> spans,
                              std::span<const AttemptSpan> attempts) {
  Tally& tally = point_.tally;
  for (const AttemptSpan& attempt : attempts) {
    if (attempt.span >= spans.size() || spans[attempt.span].stage >= tally.stages.size()) {
      continue;
    }
    StageTally& stage = tally.stages[spans[attempt.span].stage];
    ++stage.calls;
    stage.hedges += attempt.hedge ? 1u : 0u;
    stage.retries += attempt.number > 0 && !attempt.hedge ? 1u : 0u;
    if (attempt.failure != 0) {
      if (stage.errors.size() <= attempt.failure) {
        stage.errors.resize(attempt.failure + 1u);
      }
      ++stage.errors[attempt.failure];
    } else if (attempt.wire) {
      count_wire(attempt, stage.wire);
    }
  }
}

// Writes the notes of what did not wait into the histograms that they stand for.
void Recorder::settle() {
  Tally& tally = point_.tally;
  const auto spread = [](stats::Histogram& prompt, std::initializer_list<stats::Histogram*> into,
                         stats::Histogram& queue) {
    for (stats::Histogram* const each : into) {
      each->merge(prompt);
    }
    queue.record(0, prompt.count());
    prompt.clear();
  };
  spread(scratch_->prompt_jobs, {&tally.jobs.response, &tally.service, &tally.first_result},
         tally.queue);
  for (std::size_t i = 0; i < tally.stages.size(); ++i) {
    StageTally& stage = tally.stages[i];
    spread(scratch_->prompt_spans[i], {&stage.response, &stage.service}, stage.queue);
  }
}

void Recorder::tick(Instant wall_now) {
  if (writer_ == nullptr) {
    return;
  }
  if (!last_commit_) {
    last_commit_ = wall_now;
  } else if (wall_now - *last_commit_ >= kCommitEvery) {
    settle();
    writer_->save_point(writer_point_, point_.tally, nullptr);
    writer_->commit();
    last_commit_ = wall_now;
  }
}

Status Recorder::finish(RunEnd end) {
  settle();
  check_conservation(point_.tally, end);
  std::sort(point_.first_jobs.begin(), point_.first_jobs.end(),
            [](const JobTrace& a, const JobTrace& b) { return a.job.id < b.job.id; });
  point_.end = std::move(end);
  if (writer_ == nullptr) {
    return Done{};
  }
  writer_->save_point(writer_point_, point_.tally, &*point_.end);
  writer_->commit();
  point_.kept = writer_->kept(writer_point_);
  return writer_->status();
}

}  // namespace rehearse::record
