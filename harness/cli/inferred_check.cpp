#include "harness/cli/inferred_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/cli/sim_player.hpp"
#include "harness/cli/world.hpp"
#include "harness/stats/quantile.hpp"
#include "scenarios/load.hpp"

namespace rehearse::cli {
namespace {

constexpr double kPlayedJobs = 1'000;
constexpr double kPlayedCalls = 2e6;  // fewer jobs where each has thousands of calls
constexpr double kFewestJobs = 20;
constexpr double kFarApart = 0.05;

using Profiles = std::vector<std::shared_ptr<const latency::Profile>>;

struct PlayedJobs final : engine::JobSink {
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan>,
                    std::span<const record::AttemptSpan> attempts) override {
    done += job.end == record::JobEnd::Done ? 1U : 0U;
    calls += attempts.size();
    cost += job.cost;
    response_s.push_back((job.done - job.intended).count_s());
  }
  std::uint64_t done = 0;
  std::uint64_t calls = 0;
  Money cost;
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

Result<JobFigures> modelled_figures(scenarios::Scenario scenario, std::uint64_t jobs) {
  scenario.workload.jobs = jobs;
  PlayedJobs sink;
  const Result<engine::RunOutcome> outcome = SimPlayer(".").play(scenario, {}, sink);
  if (!outcome) {
    return outcome.errors();
  }
  if (sink.done != jobs) {
    return Error{"", std::to_string(jobs - sink.done) + " of " + std::to_string(jobs) +
                         " jobs were not done"};
  }
  const auto count = static_cast<double>(jobs);
  return JobFigures{stats::unsorted_quantile(std::move(sink.response_s), 0.5).value_or(0),
                    static_cast<double>(sink.calls) / count, sink.cost.count_usd() / count};
}

double change(double before, double after) {
  return before > 0 ? after / before - 1 : after > 0 ? INFINITY : 0;
}

std::string figures_text(const JobFigures& figures) {
  return fmt::format("{} a job in the median, {:.6g} calls and {} a job",
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
  const JobFigures recorded = recorded_figures(inferred, jobs, *scenario, *profiles);
  const double most = kPlayedCalls / std::max(recorded.calls, 1.0);
  const auto played = static_cast<std::uint64_t>(std::clamp(most, kFewestJobs, kPlayedJobs));
  const Result<JobFigures> modelled = modelled_figures(*scenario, played);
  if (!modelled) {
    return modelled.errors();
  }
  return InferredCheck{recorded, *modelled};
}

}  // namespace rehearse::cli
