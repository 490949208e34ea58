#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

#include "harness/cli/sim_player.hpp"
#include "harness/record/objective.hpp"
#include "harness/study/capacity_parts.hpp"

// The largest loads of the reference scenarios, looked at from outside: plain runs of a tenth less
// and a tenth more, without anything that a plan does to a run (warm-ups, limits that begin used,
// windows), keep the objectives and break them.

using namespace rehearse;

namespace {

// Response times in the order in which jobs end.
struct Plain final : engine::JobSink {
  explicit Plain(record::RunHeader header) : recorder(std::move(header)) {}
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan> attempts) override {
    recorder.job_finished(job, spans, attempts);
    response_s.push_back((job.done - job.intended).count_s());
  }
  // Of the last quarter, in those of the second.
  double growth() const {
    const std::size_t quarter = response_s.size() / 4;
    double before = 0;
    double last = 0;
    for (std::size_t i = 0; i < quarter; ++i) {
      before += response_s[quarter + i];
      last += response_s[response_s.size() - 1 - i];
    }
    return last / before;
  }
  record::Recorder recorder;
  std::vector<double> response_s;
};

// Empty where a plain run of so much load is inside, else what is broken.
std::string broken_by_a_run(const cli::SimPlayer& player, const study::Surveyed& surveyed,
                            study::LoadAxis axis, double load, std::uint64_t jobs) {
  scenarios::Scenario scenario = surveyed.system.scenario;
  scenarios::Workload& workload = scenario.workload;
  const bool users = axis == study::LoadAxis::Users;
  if (users && workload.kind != scenarios::LoadKind::Closed) {
    workload.think = surveyed.system.think;
  }
  workload.kind = users ? scenarios::LoadKind::Closed : scenarios::LoadKind::Open;
  workload.users = static_cast<std::uint32_t>(load);
  workload.phases = {{load, load, Duration::seconds(1)}};
  workload.jobs = jobs;
  workload.length.reset();
  engine::Options options;
  options.seed = 99;
  record::RunHeader header = player.header(scenario, options.seed);
  header.keep = record::KeepRule::nothing();
  Plain sink(std::move(header));
  auto outcome = player.play(scenario, options, sink);
  REQUIRE(outcome);
  REQUIRE(sink.recorder.finish(std::move(outcome->end)));
  const record::RunPoint point = sink.recorder.take_point();
  for (const study::Target& target : surveyed.targets) {
    if (target.role != study::Target::Role::Bound) {
      continue;
    }
    if (target.backlog) {
      if (!users && sink.growth() > 1.5) {
        return target.text;
      }
      continue;
    }
    const record::Judgement judged = record::judge(target.what, point);
    if (judged.met && !*judged.met) {
      return target.text;
    }
  }
  return "";
}

struct Case {
  std::string name;
  std::string workload;
  study::LoadAxis axis;
  std::uint64_t jobs;  // of a plain run: until full limits and empty queues are forgotten
};

void check_knee(const Case& which) {
  const auto file = scenarios::load_scenario(REHEARSE_SOURCE "/scenarios/" + which.name + ".json");
  REQUIRE(file);
  scenarios::Selection selection;
  selection.workload = which.workload;
  auto scenario = scenarios::instantiate(*file, selection);
  REQUIRE(scenario);
  const cli::SimPlayer player(file->folder());
  study::LoadedSystem system{.scenario = std::move(scenario).value(), .think = {}, .changes = {}};
  system.think = {.distribution = Distribution::constant(0), .expression = {}};
  study::CapacityOptions options;
  study::KneeOptions how = study::knee_options(options, which.axis);
  auto surveyed = study::survey(player, std::move(system), options, how);
  REQUIRE(surveyed);
  how.jobs = study::jobs_of_events(surveyed->unloaded, study::kLookEvents);
  how.precision = 0.03;
  how.replications = 8;
  const auto knee =
      study::find_knee(player, surveyed->system, surveyed->targets, surveyed->unloaded, how);
  REQUIRE(knee);
  CAPTURE(which.name, study::axis_name(which.axis), knee->load);
  REQUIRE(knee->end == study::Knee::End::Found);
  CHECK(knee->probes <= 12);
  const bool users = which.axis == study::LoadAxis::Users;
  const double less = users ? std::floor(0.9 * knee->load) : 0.9 * knee->load;
  const double more = users ? std::ceil(1.1 * knee->load) : 1.1 * knee->load;
  CHECK(broken_by_a_run(player, *surveyed, which.axis, less, which.jobs).empty());
  const std::string broken = broken_by_a_run(player, *surveyed, which.axis, more, which.jobs);
  const study::Target& expected = surveyed->targets[knee->target];
  // A backlog that grows overflows a queue that has an end.
  CHECK((broken == expected.text || (expected.backlog && broken == "errors < 1%")));
}

}  // namespace

TEST_CASE("plain runs a tenth below the largest rate are inside, a tenth above are not") {
  using study::LoadAxis;
  check_knee({"auto-post", "single", LoadAxis::Rate, 60'000});
  check_knee({"forum-autoposter", "single", LoadAxis::Rate, 60'000});
  check_knee({"talking-photo", "users_100", LoadAxis::Rate, 60'000});
  check_knee({"storyboard", "single", LoadAxis::Rate, 4'000});
  check_knee({"lectra", "single", LoadAxis::Rate, 4'000});
}

TEST_CASE("plain runs with a tenth fewer users are inside, with a tenth more are not") {
  using study::LoadAxis;
  check_knee({"auto-post", "single", LoadAxis::Users, 60'000});
  check_knee({"forum-autoposter", "single", LoadAxis::Users, 60'000});
  check_knee({"talking-photo", "users_100", LoadAxis::Users, 60'000});
  check_knee({"lectra", "single", LoadAxis::Users, 6'000});
}
