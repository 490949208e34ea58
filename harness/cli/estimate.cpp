#include "harness/cli/estimate.hpp"

#include <fmt/format.h>

namespace rehearse::cli {

std::string Estimate::text() const {
  return fmt::format("{} job{}, {} calls, about {} and {}", jobs, jobs == 1 ? "" : "s", calls,
                     readable_duration(length), readable_money(cost));
}

Result<Estimate> estimate(const scenarios::Scenario& scenario, const RunSetup& setup) {
  RunSetup virtually = setup;
  virtually.world.against = Against();
  virtually.drive = "stages";
  virtually.progress = false;
  virtually.keep = record::KeepRule::nothing();
  const Result<PointResult> played = run_point(scenario, virtually, nullptr, Console());
  if (!played) {
    return played.errors();
  }
  const record::Tally& tally = played->point.tally;
  Estimate out;
  out.jobs = tally.jobs.ended();
  for (const record::StageTally& stage : tally.stages) {
    out.calls += stage.calls;
  }
  out.length = played->point.end->elapsed;
  out.cost = Money::nano_usd(static_cast<std::int64_t>(tally.cost_nano_usd));
  return out;
}

Status allow_spending(const std::vector<const scenarios::Scenario*>& runs, const RunSetup& setup,
                      bool yes) {
  if (!setup.world.against.any_live() || setup.max_cost || yes) {
    return Done{};
  }
  Estimate sum;
  for (const scenarios::Scenario* const run : runs) {
    const Result<Estimate> expected = estimate(*run, setup);
    if (!expected) {
      return expected.errors();
    }
    sum.jobs += expected->jobs;
    sum.calls += expected->calls;
    sum.length += expected->length;
    sum.cost += expected->cost;
  }
  return Error{"--against " + setup.world.against.text(),
               "costs real money: " + sum.text() +
                   " by the profiles; give --max-cost USD or --yes to go on"};
}

}  // namespace rehearse::cli
