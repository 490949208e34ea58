#include "harness/study/replicate.hpp"

#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/record/recorder.hpp"

namespace rehearse::study {
namespace {

constexpr std::uint64_t kBatches = 20;
constexpr std::uint64_t kFewestBatches = 5;  // of workloads longer than a batch
constexpr std::uint64_t kFewJobs = 500;      // below: no interval is asked for

// Counts the jobs that are asked for and when the run began and ended.
class FilterSink final : public engine::JobSink {
 public:
  FilterSink(record::Recorder& recorder, WhichJobs which, std::vector<stats::Histogram>& stage_cpu)
      : recorder_(recorder), which_(which), stage_cpu_(stage_cpu) {}

  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan> attempts) override {
    begin_ = std::min(begin_, job.intended);
    end_ = std::max(end_, job.done);
    const bool first = job.id.value == 0;
    if (which_ == WhichJobs::All || first == (which_ == WhichJobs::First)) {
      recorder_.job_finished(job, spans, attempts);
      count_cpu(spans);
    }
  }
  double makespan_s() const { return end_ > begin_ ? (end_ - begin_).count_s() : 0; }

 private:
  // Stages that are run several times in a job count each time.
  void count_cpu(std::span<const record::StageSpan> spans) {
    for (const record::StageSpan& span : spans) {
      if (span.cpu > Duration::zero()) {
        stage_cpu_[span.stage].record(span.cpu.count_ns());
      }
    }
  }

  record::Recorder& recorder_;
  WhichJobs which_;
  std::vector<stats::Histogram>& stage_cpu_;
  Instant begin_ = Instant::never();
  Instant end_;
};

// How a workload is cut into runs and batches.
struct Cut {
  scenarios::Scenario scenario;
  std::uint64_t batches = kBatches;
  std::uint64_t runs = 1;  // of a batch
  WhichJobs which = WhichJobs::All;
};

bool is_single(const scenarios::Workload& workload) {
  return workload.kind == scenarios::LoadKind::Batch && workload.jobs == std::uint64_t{1};
}

Cut cut(const scenarios::Scenario& scenario, const ReplicateOptions& options) {
  Cut out{.scenario = scenario, .which = options.which};
  const std::uint64_t jobs = std::max<std::uint64_t>(options.jobs / kBatches, 1);
  scenarios::Workload& workload = out.scenario.workload;
  if (is_single(workload) && options.which == WhichJobs::Warm) {
    workload.jobs = jobs + 1;
    workload.process = scenarios::Process::Shared;
  } else if (is_single(workload)) {
    workload.jobs = jobs;
    workload.concurrency = 1;
    workload.process = scenarios::Process::PerJob;
    out.which = WhichJobs::All;  // every job is a run of its own, and its first
    for (scenarios::Stage& stage : out.scenario.stages) {
      if (stage.cache) {
        stage.cache->scope = scenarios::CacheScope::Process;
      }
    }
  } else if (workload.kind == scenarios::LoadKind::Batch && workload.jobs) {
    out.runs = std::max<std::uint64_t>(jobs / std::max<std::uint64_t>(*workload.jobs, 1), 1);
    const std::uint64_t whole = options.jobs / std::max<std::uint64_t>(*workload.jobs, 1);
    out.batches = std::clamp(whole, kFewestBatches, kBatches);
  } else if (options.jobs >= kFewJobs) {
    out.batches = kFewestBatches;
  } else {
    out.batches = 1;
  }
  return out;
}

Result<Batch> play_batch(Repeat& plays, const Cut& cut, const ReplicateOptions& options,
                         const record::RunHeader& header, std::uint64_t batch) {
  record::Recorder recorder(header);
  Batch out;
  out.stage_cpu.resize(cut.scenario.stages.size());
  record::RunEnd end;
  for (std::uint64_t run = 0; run < cut.runs; ++run) {
    engine::Options play;
    play.seed = mix64(options.seed + (batch * cut.runs + run) * 0x9E3779B97F4A7C15ULL);
    FilterSink sink(recorder, cut.which, out.stage_cpu);
    Result<engine::RunOutcome> outcome = plays.play(play, sink);
    if (!outcome) {
      return outcome.errors();
    }
    out.makespans_s.push_back(sink.makespan_s());
    end = std::move(outcome->end);
  }
  const Status finished = recorder.finish(std::move(end));
  if (!finished) {
    return finished.errors();
  }
  out.point = recorder.take_point();
  return out;
}

}  // namespace

Result<std::vector<Batch>> replicate(const Player& player, const scenarios::Scenario& scenario,
                                     const ReplicateOptions& options) {
  const Cut how = cut(scenario, options);
  record::RunHeader header = player.header(how.scenario, options.seed);
  header.keep = record::KeepRule::nothing();
  const std::unique_ptr<Repeat> plays = player.repeat(how.scenario);
  std::vector<Batch> out;
  for (std::uint64_t batch = 0; batch < how.batches; ++batch) {
    Result<Batch> played = play_batch(*plays, how, options, header, batch);
    if (!played) {
      return played.errors();
    }
    out.push_back(std::move(played).value());
  }
  return out;
}

Batch pooled(const std::vector<Batch>& batches) {
  Batch out = batches.front();
  for (std::size_t i = 1; i < batches.size(); ++i) {
    const Batch& batch = batches[i];
    out.point.tally.merge(batch.point.tally);
    out.makespans_s.insert(out.makespans_s.end(), batch.makespans_s.begin(),
                           batch.makespans_s.end());
    for (std::size_t stage = 0; stage < batch.stage_cpu.size(); ++stage) {
      out.stage_cpu[stage].merge(batch.stage_cpu[stage]);
    }
  }
  return out;
}

}  // namespace rehearse::study
