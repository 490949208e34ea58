#include <benchmark/benchmark.h>

#include "harness/base/rng.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/run_file.hpp"
#include "tests/record/sample_run.hpp"

// Budgets, on two threads, 10,000 resamples: the comparison of 2 x 100,000 jobs by 50 metrics takes
// 1 s. Rows of jobs are kept of all of them, traces of stages as a run keeps them (10,200 a side).
namespace rehearse::record {
namespace {

constexpr std::uint32_t kStages = 21;  // 2 rows each; response, first result, cost, errors: 9 more

std::string stage_name(std::uint32_t i) { return "stage_" + std::to_string(i); }

// About exponential, of mean 1 s; the luck of the third stage is another one on the second side.
Duration drawn(std::uint64_t job, std::uint32_t stage, bool after) {
  const DrawKey key{.seed = stage == 2 && after ? 2U : 1U, .job = job, .stage = stage};
  const double u = key.uniform(Dimension::ServiceTime);
  return Duration::nanoseconds(static_cast<std::int64_t>(2e9 * u * u * (after ? 1.01 : 1)) + 1000);
}

JobTrace job_of(std::uint64_t id, bool after) {
  JobTrace out;
  out.job.id.value = id;
  Instant now = Instant() + Duration::seconds(static_cast<std::int64_t>(id) * 60);
  out.job.intended = out.job.started = now;
  for (std::uint32_t i = 0; i < kStages; ++i) {
    StageSpan span;
    span.stage = i;
    span.released_by = i == 0 ? kNoStage : i - 1;
    span.ready = span.started = now;
    now = now + drawn(id, i, after);
    span.first_chunk = span.done = now;
    span.cost = Money::nano_usd((now - span.ready).count_ns() / 1000);
    out.job.cost += span.cost;
    out.spans.push_back(span);
    if (i == kStages / 2) {
      out.job.first_result = now;
    }
  }
  out.job.done = out.job.drained = now;
  return out;
}

bool write_side(const std::filesystem::path& path, std::uint64_t jobs, bool after) {
  auto writer = RunWriter::create(path);
  if (!writer) {
    return false;
  }
  RunHeader header = sample::header();
  header.seed = 1;
  header.stages.clear();
  for (std::uint32_t i = 0; i < kStages; ++i) {
    header.stages.push_back(sample::stage(stage_name(i)));
    header.stages.back().order = i;
  }
  Recorder recorder(header, writer->get());
  for (std::uint64_t id = 0; id < jobs; ++id) {
    const JobTrace trace = job_of(id, after);
    recorder.job_finished(trace.job, trace.spans, trace.attempts);
  }
  RunEnd end;
  return recorder.finish(end).ok() && (*writer)->close().ok();
}

// Two run files of so many jobs, made once.
struct TwoFiles {
  explicit TwoFiles(std::uint64_t jobs)
      : good(write_side(before(), jobs, false) && write_side(after(), jobs, true)) {}
  std::filesystem::path before() const { return folder / "before.rehearsal"; }
  std::filesystem::path after() const { return folder / "after.rehearsal"; }
  sample::Folder folder;
  bool good;
};

void compare_runs(benchmark::State& state, std::uint64_t jobs, bool paired) {
  const TwoFiles files(jobs);
  Result<Run> before = load_run(files.before());
  Result<Run> after = load_run(files.after());
  if (!files.good || !before || !after) {
    state.SkipWithError("no run files");
    return;
  }
  if (!paired) {
    after->points.front().header.seed = 2;
  }
  const Result<ComparisonSides> sides = load_sides({*before, {0}}, {*after, {0}});
  ComparisonOptions options;
  options.threads = static_cast<unsigned>(state.range(0));
  std::size_t rows = 0;
  for (auto _ : state) {
    const Result<Comparison> found = compare(sides->before, sides->after, options);
    rows = found->metrics.size() + 2 * found->stages.size();
    benchmark::DoNotOptimize(found);
  }
  state.counters["metrics"] = static_cast<double>(rows);
}
BENCHMARK_CAPTURE(compare_runs, paired_500, 500, true)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(compare_runs, paired_100k_large, 100'000, true)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(compare_runs, unpaired_100k_large, 100'000, false)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

// Reading both files, which the budget does not count.
void read_runs(benchmark::State& state, std::uint64_t jobs) {
  const TwoFiles files(jobs);
  for (auto _ : state) {
    const Result<Run> before = load_run(files.before());
    const Result<Run> after = load_run(files.after());
    const Result<ComparisonSides> sides = load_sides({*before, {0}}, {*after, {0}});
    if (!sides) {
      state.SkipWithError("cannot read");
      return;
    }
    benchmark::DoNotOptimize(sides);
  }
}
BENCHMARK_CAPTURE(read_runs, jobs_500, 500)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(read_runs, jobs_100k_large, 100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace rehearse::record
