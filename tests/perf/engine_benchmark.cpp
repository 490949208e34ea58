#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>

#include "harness/cli/run_header.hpp"
#include "harness/cli/run_point.hpp"
#include "harness/cli/world.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/recorder_sink.hpp"
#include "harness/record/recorder.hpp"
#include "scenarios/load.hpp"
#include "tests/perf/memory.hpp"
#include "tests/support/scenario_builder.hpp"

// Budgets: 5 million engine events a second and core with recording on; 100,000 auto-post jobs in
// virtual time, run file included, in under 1 s and 64 MB.

namespace {

using namespace rehearse;

// An open loop of one queue with four workers, recorded: the engine's own cost an event.
void engine_events_with_recording(benchmark::State& state) {
  test::ScenarioBuilder b;
  b.slots("worker", 4);
  b.local("work", Distribution::exponential(1)).uses = {{.resource = 0}};
  b.poisson(3.2, static_cast<std::uint64_t>(state.range(0)));
  std::uint64_t events = 0;
  for (auto _ : state) {
    runtime::SimRuntime rt;
    record::Recorder recorder(cli::make_header(b.s, {}));
    engine::RecorderSink sink(recorder);
    events += engine::run(rt, b.s, {}, sink, {}).end.engine_events;
  }
  state.counters["events_per_s"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
}
BENCHMARK(engine_events_with_recording)->Arg(1000)->Name("engine_events_with_recording");
BENCHMARK(engine_events_with_recording)->Arg(200'000)->Name("engine_events_with_recording-large");

// What `rehearse run scenarios/auto-post.json --jobs N` does, its run file included.
void auto_post_jobs(benchmark::State& state) {
  const std::string folder = std::string(REHEARSE_SOURCE_DIR) + "/scenarios";
  const auto file = scenarios::load_scenario(folder + "/auto-post.json");
  scenarios::Selection selection;
  selection.parameters["jobs"] = json::Value(static_cast<std::int64_t>(state.range(0)));
  const auto scenario = scenarios::instantiate(*file, selection);
  std::string name = (std::filesystem::temp_directory_path() / "rehearse-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    state.SkipWithError("no folder for temporary files");
    return;
  }
  cli::Console quiet;
  quiet.quiet = true;
  cli::RunSetup setup;
  setup.world.folder = folder;
  int number = 0;
  std::uint64_t events = 0;
  for (auto _ : state) {
    const auto writer =
        record::RunWriter::create(name + "/" + std::to_string(number++) + ".rehearsal");
    const auto result = cli::run_point(*scenario, setup, writer->get(), quiet);
    if (!result || !(*writer)->close()) {
      state.SkipWithError("the run failed");
    }
    events += result->point.end->engine_events;
  }
  std::filesystem::remove_all(name);
  state.counters["jobs_per_s"] =
      benchmark::Counter(static_cast<double>(state.range(0) * number), benchmark::Counter::kIsRate);
  state.counters["events_per_s"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
  state.counters["peak_memory_mb"] = perf::peak_memory_mb();
}
BENCHMARK(auto_post_jobs)->Arg(100)->Name("auto_post_jobs");
BENCHMARK(auto_post_jobs)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->Name("auto_post_jobs-large");

}  // namespace
