#include <benchmark/benchmark.h>

#include "harness/base/rng.hpp"
#include "harness/record/recorder.hpp"
#include "tests/record/sample_run.hpp"

// Budgets: 150 ns a job and 40 ns a stage span without a file (470 ns for the 8 spans here), 1.2 us
// a job row more with one.
namespace rehearse::record {
namespace {

std::vector<JobTrace> some_jobs() {
  std::vector<JobTrace> jobs;
  for (std::uint64_t id = 0; id < 256; ++id) {
    sample::Luck luck;
    luck.jitter_ms = static_cast<std::int64_t>(mix64(id) % 2000) - 1000;
    jobs.push_back(sample::job(id, sample::at_ms(static_cast<std::int64_t>(id) * 1000), luck));
  }
  return jobs;
}

void feed(benchmark::State& state, Recorder& recorder) {
  std::vector<JobTrace> jobs = some_jobs();
  std::uint64_t id = 0;
  for (auto _ : state) {
    JobTrace& trace = jobs[id % jobs.size()];
    trace.job.id.value = id++;
    recorder.job_finished(trace.job, trace.spans, trace.attempts);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(id));
}

void BM_RecordJobOf8Spans(benchmark::State& state) {
  Recorder recorder(sample::header());
  feed(state, recorder);
}
BENCHMARK(BM_RecordJobOf8Spans);

void BM_RecordJobOf8SpansIntoFile(benchmark::State& state) {
  const sample::Folder folder;
  auto writer = RunWriter::create_unique(folder.path(), "bench");
  Recorder recorder(sample::header(), writer->get());
  feed(state, recorder);
  if (!recorder.finish({}).ok() || !(*writer)->close().ok()) {
    state.SkipWithError("cannot write");
  }
}
BENCHMARK(BM_RecordJobOf8SpansIntoFile);

}  // namespace
}  // namespace rehearse::record
