#include "harness/cli/app_drive.hpp"

#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/app_provider.hpp"
#include "harness/cli/app_spans.hpp"
#include "harness/cli/run_header.hpp"
#include "harness/cli/run_watch.hpp"
#include "harness/engine/engine.hpp"
#include "mocks/server/mock_server.hpp"

namespace rehearse::cli {
namespace {

using namespace literals;

// The calls that the mocks saw, by job; the server's thread adds, ours takes.
class SeenCalls {
 public:
  void add(const server::CallRecord& call) {
    const std::lock_guard lock(mutex_);
    calls_[call.job].push_back(call);
  }
  std::vector<server::CallRecord> take(std::uint64_t job) {
    const std::lock_guard lock(mutex_);
    auto node = calls_.extract(job);
    return node.empty() ? std::vector<server::CallRecord>() : std::move(node.mapped());
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, std::vector<server::CallRecord>> calls_;
};

// The engine's view of app drive: one stage, the program.
scenarios::Scenario program_of(const scenarios::Scenario& scenario) {
  scenarios::Scenario out = scenario;
  scenarios::Stage stage;
  stage.name = stage.path = "app";
  stage.key = hash_name(stage.path);
  stage.kind = scenarios::StageKind::Call;
  stage.call.spec.operation = "app";
  stage.call.spec.n.distribution = Distribution::constant(1);
  stage.timeout = scenario.app->timeout;
  out.stages = {stage};
  out.graphs = {{.name = "main", .top = {StageIndex{0}}}};
  out.workload.tasks = {{.name = "main", .graph = 0, .weight = 1}};
  out.workload.holds.clear();
  out.providers = {scenarios::Provider()};
  return out;
}

// Puts what the mocks saw into each job before the recorder gets it. A job waits a moment after its
// process ended: the server's own record of its last call may still be on its way.
class AppSink : public engine::JobSink {
 public:
  AppSink(record::Recorder& recorder, AppProvider& app, SeenCalls& seen, Instant server_start,
          double speed)
      : recorder_(recorder), app_(app), seen_(seen), server_start_(server_start), speed_(speed) {
    const auto& stages = recorder.header().stages;
    for (std::uint32_t i = 0; i < stages.size(); ++i) {
      stages_[stages[i].path] = i;
    }
    unmatched_ = static_cast<std::uint32_t>(stages.size() - 1);
  }

  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan>,
                    std::span<const record::AttemptSpan>) override {
    waiting_.push_back({job, wall_clock()});
  }
  void pass_on(Instant older_than) {
    while (!waiting_.empty() && waiting_.front().ended < older_than) {
      pass_on(waiting_.front().job);
      waiting_.pop_front();
    }
  }

 private:
  struct Waiting {
    record::JobRecord job;
    Instant ended;
  };

  void pass_on(record::JobRecord job) {
    const Duration offset = (server_start_ - app_.run_start()) * speed_;
    SeenJob seen = spans_of(seen_.take(job.id.value), stages_, unmatched_, offset);
    const ProcessFigures figures = app_.take_figures(job.id);
    job.cpu = figures.cpu;
    job.io_wait = figures.io_wait;
    job.memory_peak_mb = figures.memory_peak_mb;
    job.usage = seen.usage;
    job.cost = seen.cost;
    job.retries = seen.retries;
    job.failed_span = record::kNoStage;
    recorder_.job_finished(job, seen.spans, seen.attempts);
  }

  record::Recorder& recorder_;
  AppProvider& app_;
  SeenCalls& seen_;
  Instant server_start_;
  double speed_;
  std::map<std::string, std::uint32_t> stages_;
  std::uint32_t unmatched_ = 0;
  std::deque<Waiting> waiting_;
};

record::RunHeader app_header(const scenarios::Scenario& scenario, const RunSetup& setup,
                             Instant wall) {
  const HeaderOptions options{.seed = setup.world.seed,
                              .speed = setup.world.speed,
                              .against = setup.world.against.text(),
                              .drive = "app",
                              .created_unix_ms = wall.count_ns() / 1'000'000,
                              .unique = mix64(static_cast<std::uint64_t>(wall.count_ns())) ^
                                        static_cast<std::uint64_t>(getpid()),
                              .keep = setup.keep,
                              .folder = setup.world.folder};
  record::RunHeader header = make_header(scenario, options);
  record::StageInfo unmatched;
  unmatched.path = unmatched.name = "(other calls)";
  unmatched.detail = "calls that match no stage";
  unmatched.order = static_cast<std::uint32_t>(header.stages.size());
  header.stages.push_back(unmatched);
  header.point = setup.point;
  header.axes = setup.axes;
  header.entry = setup.entry;
  header.label = setup.label;
  header.branch = setup.branch;
  return header;
}

// A folder for the jobs' folders, gone again at the end.
struct JobsFolder {
  JobsFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rehearse-jobs-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) {
      path = name;
    }
  }
  JobsFolder(const JobsFolder&) = delete;
  JobsFolder& operator=(const JobsFolder&) = delete;
  ~JobsFolder() {
    std::error_code ignored;
    if (!path.empty()) {
      std::filesystem::remove_all(path, ignored);
    }
  }
  std::filesystem::path path;
};

}  // namespace

Status check_drive(const scenarios::Scenario& scenario, const RunSetup& setup) {
  if (setup.drive != "app") {
    return Done{};
  }
  if (setup.world.against.is_sim()) {
    return Error{"--drive app",
                 "a real program cannot run in virtual time: expected --against mock or live"};
  }
  if (!scenario.app || (scenario.app->command.empty() && scenario.app->url.empty())) {
    return Error{"--drive app",
                 "the scenario has no \"app\": say how the program is started, or its url"};
  }
  return Done{};
}

Result<PointResult> run_app(const scenarios::Scenario& scenario, const RunSetup& setup,
                            record::RunWriter* writer, const Console& console) {
  for (const scenarios::Input& input : scenario.inputs) {
    if (input.column && !input.values.empty()) {
      return Error{"--drive app", "a trace cannot set the input \"" + input.name +
                                      "\" of a program yet: map its arrivals alone"};
    }
  }
  const Status good = check_drive(scenario, setup);
  const auto profiles = load_profiles(scenario, setup.world.folder);
  if (!good || !profiles) {
    return good ? profiles.errors() : good.errors();
  }
  const JobsFolder jobs;
  if (jobs.path.empty()) {
    return Error{std::filesystem::temp_directory_path().string(),
                 "no folder for the jobs could be made there"};
  }
  SeenCalls seen;
  const auto world = RealWorld::make(scenario, *profiles, setup.world,
                                     [&seen](const server::CallRecord& call) { seen.add(call); });
  if (!world) {
    return world.errors();
  }
  const Instant wall_start = wall_clock();
  AppProvider app(**world, scenario, setup.world.folder, jobs.path, setup.world.against.any_live());
  record::Recorder recorder(app_header(scenario, setup, wall_start), writer);
  AppSink sink(recorder, app, seen, wall_start, setup.world.speed);
  RunWatch watch(console, scenario, setup, recorder, wall_start);
  engine::Options options;
  options.seed = setup.world.seed;
  options.max_error_rate = setup.max_error_rate;
  options.max_in_flight = setup.max_in_flight;
  options.max_cost = setup.max_cost;
  options.on_tick = [&](const engine::Progress& now) {
    const Instant wall = wall_clock();
    sink.pass_on(wall - 300_ms);
    return watch.tick(now, wall);
  };
  const scenarios::Scenario program = program_of(scenario);
  engine::RunOutcome outcome = engine::run((*world)->runtime(), program, {&app}, sink, options);
  if ((*world)->server() != nullptr) {
    (*world)->server()->stop();
  }
  sink.pass_on(Instant::never());
  (*world)->describe_end(outcome.end);
  watch.finish(outcome.end);
  if (!app.first_trouble().empty()) {
    console.say(app.first_trouble());
  }
  outcome.end.resources.clear();
  const Status finished = recorder.finish(std::move(outcome.end));
  if (!finished) {
    return finished.errors();
  }
  return PointResult{recorder.take_point(), outcome.hash, watch.aborted()};
}

}  // namespace rehearse::cli
