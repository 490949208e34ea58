#include "harness/cli/inferred_check.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/cli/sim_player.hpp"
#include "harness/cli/world.hpp"
#include "harness/record/recorder.hpp"
#include "harness/stats/quantile.hpp"
#include "scenarios/load.hpp"

namespace rehearse::cli {
namespace {

constexpr std::uint64_t kPlayedJobs = 1'000;
constexpr double kFarApart = 0.05;

using Profiles = std::vector<std::shared_ptr<const latency::Profile>>;

struct PlayedJobs final : engine::JobSink {
  explicit PlayedJobs(record::RunHeader header) : recorder(std::move(header)) {}
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan> attempts) override {
    recorder.job_finished(job, spans, attempts);
    response_s.push_back((job.done - job.intended).count_s());
  }
  record::Recorder recorder;
  std::vector<double> response_s;
};

Money price_of(const inference::CallUse& use, const scenarios::Scenario& scenario,
               const Profiles& profiles) {
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    const latency::Entry* entry = scenario.providers[i].name == use.provider
                                      ? profiles[i]->find(use.operation, use.model)
                                      : nullptr;
    if (entry != nullptr) {
      return entry->rates.cost(use.usage, use.size.empty() ? entry->size : use.size,
                               use.quality.empty() ? entry->quality : use.quality);
    }
  }
  return {};
}

JobFigures recorded_figures(const inference::Inferred& inferred,
                            const std::vector<inference::RecordedJob>& jobs,
                            const scenarios::Scenario& scenario, const Profiles& profiles) {
  JobFigures out;
  std::vector<double> took;
  Money cost;
  std::size_t calls = 0;
  for (const inference::RecordedJob& job : jobs) {
    took.push_back(job.took.count_s());
  }
  for (const std::vector<inference::CallUse>& uses : inferred.calls) {
    calls += uses.size();
    for (const inference::CallUse& use : uses) {
      cost += price_of(use, scenario, profiles);
    }
  }
  const auto count = static_cast<double>(jobs.size());
  out.median_s = stats::unsorted_quantile(std::move(took), 0.5).value_or(0);
  out.calls = static_cast<double>(calls) / count;
  out.cost_usd = cost.count_usd() / count;
  return out;
}

Result<JobFigures> modelled_figures(scenarios::Scenario scenario) {
  scenario.workload.jobs = kPlayedJobs;
  const SimPlayer player(".");
  record::RunHeader header = player.header(scenario, 1);
  header.keep = record::KeepRule::nothing();
  PlayedJobs sink(std::move(header));
  Result<engine::RunOutcome> outcome = player.play(scenario, {}, sink);
  if (!outcome) {
    return outcome.errors();
  }
  const Status finished = sink.recorder.finish(std::move(outcome->end));
  if (!finished) {
    return finished.errors();
  }
  const record::Tally& tally = sink.recorder.tally();
  if (tally.jobs.done != kPlayedJobs) {
    return Error{"", std::to_string(kPlayedJobs - tally.jobs.done) + " of " +
                         std::to_string(kPlayedJobs) + " jobs were not done"};
  }
  JobFigures out;
  out.median_s = stats::unsorted_quantile(std::move(sink.response_s), 0.5).value_or(0);
  for (const record::StageTally& stage : tally.stages) {
    out.calls += static_cast<double>(stage.calls) / kPlayedJobs;
  }
  out.cost_usd = static_cast<double>(tally.cost_nano_usd) * 1e-9 / kPlayedJobs;
  return out;
}

double change(double before, double after) {
  return before > 0 ? after / before - 1 : after > 0 ? INFINITY : 0;
}

std::string figures_text(const JobFigures& figures) {
  return fmt::format("{} a job in the median, {:.4g} calls and {} a job",
                     readable_duration(Duration::from_seconds(figures.median_s)), figures.calls,
                     readable_money(Money::from_usd(figures.cost_usd)));
}

}  // namespace

std::string InferredCheck::text() const {
  return "recorded: " + figures_text(recorded) + "; modelled: " + figures_text(modelled);
}

std::vector<std::string> InferredCheck::warnings() const {
  std::vector<std::string> out;
  const auto compare = [&](const char* what, double before, double after) {
    const double ratio = change(before, after);
    if (std::abs(ratio) > kFarApart) {
      out.push_back(fmt::format("warning: the {} of the model is {:+.1f}% off what was recorded",
                                what, 100 * ratio));
    }
  };
  compare("median time", recorded.median_s, modelled.median_s);
  compare("number of calls", recorded.calls, modelled.calls);
  compare("cost", recorded.cost_usd, modelled.cost_usd);
  return out;
}

Result<InferredCheck> check_inferred(const std::string& text, const inference::Inferred& inferred,
                                     const std::vector<inference::RecordedJob>& jobs) {
  const auto file = scenarios::parse_scenario(text, "inferred", ".");
  if (!file) {
    return file.errors();
  }
  const auto scenario = scenarios::instantiate(*file, {});
  if (!scenario) {
    return scenario.errors();
  }
  const Result<Profiles> profiles = load_profiles(*scenario, ".");
  if (!profiles) {
    return profiles.errors();
  }
  const Result<JobFigures> modelled = modelled_figures(*scenario);
  if (!modelled) {
    return modelled.errors();
  }
  return InferredCheck{recorded_figures(inferred, jobs, *scenario, *profiles), *modelled};
}

}  // namespace rehearse::cli
