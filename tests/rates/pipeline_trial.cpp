#include "tests/rates/pipeline_trial.hpp"

#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/cli/sim_player.hpp"
#include "harness/cli/world.hpp"
#include "harness/json/write.hpp"
#include "harness/stats/quantile.hpp"
#include "scenarios/load.hpp"
#include "tests/support/random_pipeline.hpp"

namespace rehearse::rates {
namespace {

using scenarios::Scenario;

// The responses of jobs that were done, and how many calls there were.
struct ResponseSink final : engine::JobSink {
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan>,
                    std::span<const record::AttemptSpan> attempts) override {
    calls += attempts.size();
    if (job.end == record::JobEnd::Done) {
      responses.push_back((job.done - job.intended).count_s());
    }
  }
  std::vector<double> responses;
  std::size_t calls = 0;
};

std::array<double, 3> quantiles_of(const ResponseSink& sink) {
  const std::vector<double> sorted = stats::sorted(sink.responses);
  std::array<double, 3> out{};
  for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
    out[i] = stats::sorted_quantile(sorted, kQuantiles[i]).value_or(0);
  }
  return out;
}

Result<ResponseSink> play(const Scenario& scenario, std::uint64_t seed, double speed) {
  cli::WorldOptions options;
  options.against.all = speed > 0 ? cli::WorldKind::Mock : cli::WorldKind::Sim;
  options.speed = speed > 0 ? speed : 1;
  options.seed = seed;
  options.folder = ".";
  const auto world = cli::make_world(scenario, options);
  if (!world) {
    return world.errors();
  }
  ResponseSink sink;
  engine::Options how;
  how.seed = seed;
  engine::run((*world)->runtime(), scenario, (*world)->providers(), sink, how);
  return sink;
}

// The scenario of a random pipeline under its variant; the model's providers are as far away as the
// wire is.
Result<Scenario> changed_pipeline(const TrialOptions& options, double wire_s) {
  test::PipelineOptions how;
  how.seed = options.seed;
  how.jobs = options.jobs;
  how.concurrency = options.concurrency;
  const auto file = scenarios::parse_scenario(json::dump(test::random_pipeline(how)),
                                              "pipeline " + std::to_string(options.seed), ".");
  if (!file) {
    return file.errors();
  }
  scenarios::Selection selection;
  selection.variants = {"changed"};
  Result<Scenario> scenario = scenarios::instantiate(*file, selection);
  if (scenario && wire_s > 0) {
    for (scenarios::Provider& provider : scenario->providers) {
      provider.rtt.distribution = Distribution::constant(wire_s);
    }
  }
  return scenario;
}

Result<PipelineTrial> judge(const TrialOptions& options, bool over_http) {
  const Result<Scenario> real = changed_pipeline(options, 0);
  const Result<Scenario> model = changed_pipeline(options, options.wire_s * options.speed);
  if (!real || !model) {
    return real ? model.errors() : real.errors();
  }
  const std::uint64_t seed = mix64(options.seed);
  const Result<ResponseSink> seen =
      over_http ? play(*real, seed, options.speed) : play(*model, seed, 0);
  const Result<ResponseSink> twin = play(*model, seed, 0);
  if (!seen || !twin) {
    return seen ? twin.errors() : seen.errors();
  }
  PipelineTrial out;
  out.seed = options.seed;
  out.stages = real->stages.size();
  out.calls = static_cast<double>(seen->calls) / static_cast<double>(options.jobs);
  out.seen_s = quantiles_of(*seen);
  const std::array<double, 3> predicted = quantiles_of(*twin);
  std::array<std::vector<double>, 3> further;
  for (std::uint64_t i = 0; i < options.plays; ++i) {
    const Result<ResponseSink> one = play(*model, mix64(seed + 1 + i), 0);
    if (!one) {
      return one.errors();
    }
    const std::array<double, 3> values = quantiles_of(*one);
    for (std::size_t q = 0; q < values.size(); ++q) {
      further[q].push_back(values[q]);
    }
  }
  // The k-th smallest and largest of n others enclose one more of the same with probability
  // (n + 1 - 2k)/(n + 1): 90% for k = 3 of 59.
  const std::size_t k = std::max<std::size_t>((options.plays + 1) / 20, 1);
  for (std::size_t q = 0; q < further.size(); ++q) {
    const std::vector<double> sorted = stats::sorted(further[q]);
    out.paired[q] = predicted[q] / out.seen_s[q] - 1;
    out.unpaired[q] = sorted[sorted.size() / 2] / out.seen_s[q] - 1;
    out.covered[q] = out.seen_s[q] >= sorted[k - 1] && out.seen_s[q] <= sorted[sorted.size() - k];
  }
  return out;
}

}  // namespace

Result<PipelineTrial> try_pipeline(const TrialOptions& options) { return judge(options, true); }
Result<PipelineTrial> try_intervals(const TrialOptions& options) { return judge(options, false); }

Result<double> measure_wire(double speed) {
  const auto file = scenarios::parse_scenario(
      R"({ "scenario": "wire", "workloads": { "load": { "jobs": 100 } }, "stages": {
          "ask": { "call": "openai.chat", "model": "gpt-4o-mini", "input_tokens": 500,
                   "output_tokens": 150, "time": "1s" } } })",
      "wire", ".");
  if (!file) {
    return file.errors();
  }
  const Result<Scenario> scenario = scenarios::instantiate(*file, {});
  if (!scenario) {
    return scenario.errors();
  }
  const Result<ResponseSink> wire = play(*scenario, 1, speed);
  const Result<ResponseSink> none = play(*scenario, 1, 0);
  if (!wire || !none) {
    return wire ? none.errors() : wire.errors();
  }
  return std::max(0.0, (quantiles_of(*wire)[0] - quantiles_of(*none)[0]) / speed);
}

}  // namespace rehearse::rates
