#include <benchmark/benchmark.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/cli/run_header.hpp"
#include "harness/cli/run_point.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/recorder_sink.hpp"
#include "harness/record/recorder.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "scenarios/load.hpp"
#include "tests/perf/memory.hpp"
#include "tests/support/scenario_builder.hpp"

// Budgets, all with per-stage recording: 5 million engine events a second and core; a day of ten
// pipelines a second in 5 s, its run file included; 64 MB whatever the number of finished jobs; 2
// KB a job in flight; 1.8 times the points a second on two cores.

namespace {

using namespace rehearse;

struct Given {
  const char* workload = "day";
  std::optional<std::int64_t> jobs;
  std::optional<std::int64_t> at_once;
};

scenarios::Scenario five_stages(const Given& given) {
  const auto file =
      scenarios::load_scenario(std::string(REHEARSE_SOURCE_DIR) + "/tests/perf/five_stages.json");
  scenarios::Selection selection;
  selection.workload = given.workload;
  if (given.jobs) {
    selection.parameters["jobs"] = json::Value(*given.jobs);
  }
  if (given.at_once) {
    selection.parameters["concurrency"] = json::Value(*given.at_once);
  }
  return scenarios::instantiate(*file, selection).value();
}

record::RunPoint run(const scenarios::Scenario& scenario, record::RunWriter* writer = nullptr,
                     std::uint64_t seed = 1) {
  cli::Console quiet;
  quiet.quiet = true;
  cli::RunSetup setup;
  setup.progress = false;
  setup.world.seed = seed;
  return cli::run_point(scenario, setup, writer, quiet).value().point;
}

void count_events(benchmark::State& state, std::uint64_t events, std::uint64_t jobs) {
  state.counters["events_per_s"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
  state.counters["jobs_per_s"] =
      benchmark::Counter(static_cast<double>(jobs), benchmark::Counter::kIsRate);
}

// Five stages, three of them calls of a provider model, ten jobs a second.
void pipeline_events(benchmark::State& state) {
  const scenarios::Scenario scenario = five_stages({.jobs = state.range(0)});
  std::uint64_t events = 0;
  std::uint64_t jobs = 0;
  for (auto _ : state) {
    const record::RunPoint point = run(scenario);
    events += point.end->engine_events;
    jobs += point.tally.jobs.done;
  }
  count_events(state, events, jobs);
}
BENCHMARK(pipeline_events)->Arg(1000)->Name("pipeline_events");
BENCHMARK(pipeline_events)
    ->Arg(200'000)
    ->Unit(benchmark::kMillisecond)
    ->Name("pipeline_events-large");

// 24 hours of ten pipelines a second, with a run file.
void day_of_pipelines(benchmark::State& state) {
  const scenarios::Scenario scenario = five_stages({});
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / "rehearse-bench-day.rehearsal";
  std::uint64_t events = 0;
  std::uint64_t jobs = 0;
  for (auto _ : state) {
    std::filesystem::remove(path);
    const auto writer = record::RunWriter::create(path);
    if (!writer) {
      state.SkipWithError("no run file");
      return;
    }
    const record::RunPoint point = run(scenario, writer->get());
    if (!(*writer)->close()) {
      state.SkipWithError("the run file is not whole");
    }
    events += point.end->engine_events;
    jobs += point.tally.jobs.done;
  }
  std::filesystem::remove(path);
  count_events(state, events, jobs);
}
BENCHMARK(day_of_pipelines)->Unit(benchmark::kMillisecond)->Name("day_of_pipelines-large");

// Memory must not grow with jobs that have ended.
void finished_jobs(benchmark::State& state) {
  const scenarios::Scenario scenario = five_stages({.workload = "steady", .jobs = state.range(0)});
  for (auto _ : state) {
    perf::reset_peak_memory();
    benchmark::DoNotOptimize(run(scenario));
  }
  state.counters["peak_memory_mb"] = perf::peak_memory_mb();
}
BENCHMARK(finished_jobs)->Arg(1000)->Name("finished_jobs");
BENCHMARK(finished_jobs)
    ->RangeMultiplier(10)
    ->Range(100'000, 10'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->Name("finished_jobs-large");

// The same for as many jobs as there may ever be, of one stage each.
void finished_plain_jobs(benchmark::State& state) {
  test::ScenarioBuilder b;
  b.local("work", Distribution::exponential(1));
  b.s.workload.jobs = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) {
    perf::reset_peak_memory();
    runtime::SimRuntime rt;
    record::Recorder recorder(cli::make_header(b.s, {}));
    engine::RecorderSink sink(recorder);
    benchmark::DoNotOptimize(engine::run(rt, b.s, {}, sink, {}));
  }
  state.counters["peak_memory_mb"] = perf::peak_memory_mb();
}
BENCHMARK(finished_plain_jobs)->Arg(1000)->Name("finished_plain_jobs");
BENCHMARK(finished_plain_jobs)
    ->RangeMultiplier(100)
    ->Range(1'000'000, 100'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->Name("finished_plain_jobs-large");

// What a job costs between its start and its end, all of them inside at once.
void jobs_in_flight(benchmark::State& state) {
  const std::int64_t jobs = state.range(0);
  const scenarios::Scenario scenario =
      five_stages({.workload = "at_once", .jobs = jobs, .at_once = jobs});
  for (auto _ : state) {
    perf::reset_peak_memory();
    const double before = perf::peak_memory_mb();
    benchmark::DoNotOptimize(run(scenario));
    state.counters["bytes_per_job"] =
        (perf::peak_memory_mb() - before) * 1e6 / static_cast<double>(jobs);
  }
}
BENCHMARK(jobs_in_flight)->Arg(1000)->Iterations(1)->Name("jobs_in_flight");
BENCHMARK(jobs_in_flight)
    ->Arg(100'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->Name("jobs_in_flight-large");

// Points of a sweep on one thread and on two; results do not depend on it.
void sweep_points(benchmark::State& state) {
  const scenarios::Scenario scenario = five_stages({.jobs = 20'000});
  constexpr std::size_t kPoints = 16;
  for (auto _ : state) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i = next++; i < kPoints; i = next++) {
        benchmark::DoNotOptimize(run(scenario, nullptr, i + 1));
      }
    };
    std::vector<std::jthread> helpers;
    for (std::int64_t i = 1; i < state.range(0); ++i) {
      helpers.emplace_back(work);
    }
    work();
    helpers.clear();
  }
  state.counters["points_per_s"] =
      benchmark::Counter(static_cast<double>(kPoints) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(sweep_points)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->Name("sweep_points-large");

}  // namespace
