#include "harness/cli/run_point.hpp"

#include <unistd.h>

#include "harness/base/rng.hpp"
#include "harness/cli/app_drive.hpp"
#include "harness/cli/run_header.hpp"
#include "harness/cli/run_watch.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/recorder_sink.hpp"

namespace rehearse::cli {
namespace {

// How many jobs a workload brings, where it says so; 0: nobody knows.
std::uint64_t expected_jobs(const scenarios::Workload& workload) {
  if (workload.jobs) {
    return *workload.jobs + workload.warmup_jobs;
  }
  if (workload.replay) {
    const load::TraceSpec& spec = workload.replay->spec;
    const double rows = static_cast<double>(workload.replay->scan.rows) * spec.rate_scale;
    return spec.to || spec.from > Duration::zero() ? 0 : static_cast<std::uint64_t>(rows);
  }
  const bool steady = workload.kind == scenarios::LoadKind::Open && workload.length &&
                      workload.phases.size() == 1 &&
                      workload.phases.front().rate_from == workload.phases.front().rate_to;
  const double jobs = steady ? workload.phases.front().rate_from * workload.length->count_s() : 0;
  return jobs < 1e15 ? static_cast<std::uint64_t>(jobs) : 0;
}

}  // namespace

Result<PointResult> run_point(const scenarios::Scenario& scenario, const RunSetup& setup,
                              record::RunWriter* writer, const Console& console) {
  if (setup.drive == "app") {
    return run_app(scenario, setup, writer, console);
  }
  Result<std::unique_ptr<World>> world = make_world(scenario, setup.world);
  if (!world) {
    return world.errors();
  }
  runtime::Runtime& rt = world.value()->runtime();
  const Instant wall_start = wall_clock();
  HeaderOptions header_options{.seed = setup.world.seed,
                               .speed = setup.world.against.is_sim() ? 1 : setup.world.speed,
                               .against = setup.world.against.text(),
                               .drive = setup.drive,
                               .created_unix_ms = wall_start.count_ns() / 1'000'000,
                               .unique = mix64(static_cast<std::uint64_t>(wall_start.count_ns())) ^
                                         static_cast<std::uint64_t>(getpid()),
                               .keep = setup.keep,
                               .folder = setup.world.folder};
  record::RunHeader header = make_header(scenario, header_options);
  header.point = setup.point;
  header.axes = setup.axes;
  header.entry = setup.entry;
  header.label = setup.label;
  header.branch = setup.branch;
  record::Recorder recorder(std::move(header), writer, expected_jobs(scenario.workload));
  engine::RecorderSink sink(recorder);
  RunWatch watch(console, scenario, setup, recorder, wall_start);
  engine::Options options;
  options.seed = setup.world.seed;
  options.max_error_rate = setup.max_error_rate;
  options.max_in_flight = setup.max_in_flight;
  options.max_cost = setup.max_cost;
  options.on_tick = [&](const engine::Progress& now) { return watch.tick(now, wall_clock()); };
  engine::RunOutcome outcome = engine::run(rt, scenario, world.value()->providers(), sink, options);
  world.value()->describe_end(outcome.end);
  watch.finish(outcome.end);
  const Status written = recorder.finish(std::move(outcome.end));
  if (!written) {
    return written.errors();
  }
  return PointResult{recorder.take_point(), outcome.hash, watch.aborted()};
}

}  // namespace rehearse::cli
