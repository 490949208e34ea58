#include "tests/rates/virtual_trial.hpp"

#include <cmath>

#include "harness/base/text.hpp"
#include "harness/cli/run_header.hpp"
#include "harness/engine/engine.hpp"
#include "harness/record/recorder.hpp"
#include "harness/record/replications.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "harness/stats/change.hpp"
#include "tests/support/scenario_builder.hpp"

namespace rehearse::rates {
namespace {

struct Recording : engine::JobSink {
  explicit Recording(record::Recorder& the_recorder) : recorder(the_recorder) {}
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan> attempts) override {
    recorder.job_finished(job, spans, attempts);
    if (job.end == record::JobEnd::Done) {
      responses.push_back((job.done - job.intended).count_s());
    }
  }
  record::Recorder& recorder;
  std::vector<double> responses;
};

struct StagePlan {
  const char* name;
  double seconds;
  double spread;
};
// "prompt" is a tenth of the sum, "image" the largest.
constexpr StagePlan kStages[] = {{"fetch", 0.5, 0.4},  {"prompt", 1.0, 0.3}, {"title", 0.7, 0.3},
                                 {"image", 4.0, 0.25}, {"voice", 1.5, 0.3},  {"render", 1.2, 0.2},
                                 {"upload", 0.8, 0.5}, {"publish", 0.3, 0.4}};

Recording run_once(const scenarios::Scenario& scenario, std::uint64_t seed,
                   record::Recorder& recorder) {
  runtime::SimRuntime rt;
  Recording sink(recorder);
  engine::Options options;
  options.seed = seed;
  engine::RunOutcome outcome = engine::run(rt, scenario, {}, sink, options);
  const Status finished = recorder.finish(std::move(outcome.end));
  REHEARSE_CHECK(finished.ok());
  return sink;
}

std::string luck_name(const Change& change, const char* stage) {
  return change.reseeded == stage
             ? stage + std::string("-") + number_text(static_cast<double>(change.reseed))
             : stage;
}

}  // namespace

scenarios::Scenario pipeline(const Change& change, std::uint64_t jobs) {
  test::ScenarioBuilder b;
  b.slots("gpu", 6);
  std::vector<std::string> after;
  for (const StagePlan& plan : kStages) {
    const double scale = change.stage.empty() || change.stage == plan.name ? change.factor : 1;
    scenarios::Stage& stage =
        b.local(plan.name, Distribution::typical(scale * plan.seconds, plan.spread), after);
    stage.key = hash_name(luck_name(change, plan.name));
    if (std::string(plan.name) == "image") {
      stage.uses = {{.resource = 0}};
    }
    after = {plan.name};
  }
  b.poisson(1.0, jobs);
  b.s.name = "pipeline";
  b.s.workload.name = "open";
  b.s.gate = {"delta(p95)<10%"};
  return b.s;
}

record::ComparisonSide SideOfRuns::side() const {
  record::ComparisonSide out{runs.front(), {}, {}, {}};
  for (const record::RunPoint& run : runs) {
    out.seeds.push_back(&run);
  }
  return out;
}

SideOfRuns run_seeds(const scenarios::Scenario& scenario, std::uint64_t first,
                     std::uint64_t seeds) {
  SideOfRuns out;
  record::RunHeader header = cli::make_header(scenario, {});
  for (std::uint64_t i = 0; i < seeds; ++i) {
    header.seed = first + i;
    record::Recorder recorder(header);
    run_once(scenario, header.seed, recorder);
    out.runs.push_back(recorder.take_point());
  }
  return out;
}

Tries failing_gates(const GateTrial& trial, std::uint64_t first, std::uint64_t gates) {
  const scenarios::Scenario before = pipeline({}, trial.jobs);
  record::GateOptions options;
  options.gate = {trial.gate};
  options.explain = false;
  options.resamples = 1000;
  Tries out;
  for (std::uint64_t i = 0; i < gates; ++i) {
    const std::uint64_t seed = (first + i) * 1000;
    const scenarios::Scenario after =
        pipeline({"", trial.factor, "voice", first + i + 1}, trial.jobs);
    const SideOfRuns baseline = run_seeds(before, seed, trial.seeds);
    const SideOfRuns candidate = run_seeds(after, seed, trial.seeds);
    const auto gate = record::judge_gate(baseline.side(), candidate.side(), options);
    REHEARSE_CHECK(gate.ok());
    ++out.tries;
    out.hits += gate->outcome == record::GateOutcome::Fail ? 1U : 0U;
  }
  return out;
}

double factor_for_p95(double wanted, std::uint64_t jobs) {
  constexpr std::uint64_t kSeeds = 60;
  const auto p95 = [&](double factor) {
    const SideOfRuns runs = run_seeds(pipeline({"", factor, "", 0}, jobs), 1, kSeeds);
    std::vector<const record::RunPoint*> points;
    for (const record::RunPoint& run : runs.runs) {
      points.push_back(&run);
    }
    return *record::pool(points).tally.jobs.response.quantile(0.95);
  };
  const double before = p95(1);
  double low = 1;
  double high = wanted;
  for (int i = 0; i < 8; ++i) {
    const double middle = (low + high) / 2;
    (p95(middle) < wanted * before ? low : high) = middle;
  }
  return (low + high) / 2;
}

Tries named_culprits(std::uint64_t first, std::uint64_t trials) {
  constexpr std::uint64_t kSeeds = 20;
  constexpr std::uint64_t kJobs = 100;
  Tries out;
  record::ComparisonOptions options;
  options.resamples = 1000;
  options.threads = 1;  // trials run side by side
  for (std::uint64_t i = first + 1; i <= first + trials; ++i) {
    const SideOfRuns before = run_seeds(pipeline({}, kJobs), i * 1000, kSeeds);
    const SideOfRuns after =
        run_seeds(pipeline({"prompt", 1.3, "voice", i}, kJobs), i * 1000, kSeeds);
    const auto found = record::compare(before.side(), after.side(), options);
    REHEARSE_CHECK(found.ok());
    ++out.tries;
    out.hits += found->culprit && found->culprit->stage == "prompt" &&
                        found->culprit->cause == record::Cause::Code
                    ? 1U
                    : 0U;
  }
  return out;
}

double standard_errors(const std::string& statistic) {
  const auto responses = [](const Change& change) {
    scenarios::Scenario scenario = pipeline(change, 5000);
    scenario.workload.kind = scenarios::LoadKind::Batch;
    scenario.workload.phases.clear();
    scenario.workload.concurrency = 1;
    record::Recorder recorder(cli::make_header(scenario, {}));
    return run_once(scenario, 1, recorder).responses;
  };
  const std::vector<double> before = responses({});
  const std::vector<double> after = responses({"image", 1.05, "", 0});
  for (const stats::Change& row :
       stats::compare_samples(before, after, stats::usual_statistics(), stats::Resampling(1),
                              {.paired = true, .tolerance = 0.01})) {
    if (row.statistic == statistic && row.interval) {
      const double half =
          (std::log1p(row.interval->high) - std::log1p(row.interval->low)) / 2 / 1.96;
      return std::log1p(*row.change) / half;
    }
  }
  return 0;
}

}  // namespace rehearse::rates
