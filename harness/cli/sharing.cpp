#include "harness/cli/sharing.hpp"

#include <algorithm>

#include "harness/cli/world.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::cli {
namespace {

bool scenario_isolates(const scenarios::Scenario& scenario) {
  const scenarios::Workload& load = scenario.workload;
  if (load.kind != scenarios::LoadKind::Batch || load.concurrency != 1 || !scenario.pools.empty()) {
    return false;
  }
  return std::none_of(
      scenario.stages.begin(), scenario.stages.end(), [](const scenarios::Stage& stage) {
        return (stage.cache && !stage.cache->hit_rate) || stage.breaker || stage.background;
      });
}

bool has_spells(const latency::Profile& profile) {
  return profile.slow.share > 0 || std::any_of(profile.faults.begin(), profile.faults.end(),
                                               [](const latency::FaultSpec& fault) {
                                                 return !fault.when.during.empty() ||
                                                        !fault.when.calls.empty();
                                               });
}

// A model that stays loaded once it is, from the start, ties nobody to anybody.
bool has_memory(const latency::Entry& entry) {
  return entry.load &&
         (entry.load->keep > Duration::zero() || entry.load->models > 0 || !entry.load->warm);
}

}  // namespace

bool is_isolated(const scenarios::Scenario& scenario, const std::filesystem::path& folder) {
  if (!scenario_isolates(scenario)) {
    return false;
  }
  const auto profiles = load_profiles(scenario, folder);
  return !profiles || is_isolated(scenario, *profiles);
}

bool is_isolated(const scenarios::Scenario& scenario,
                 const std::vector<std::shared_ptr<const latency::Profile>>& profiles) {
  if (!scenario_isolates(scenario)) {
    return false;
  }
  return std::none_of(
      scenario.stages.begin(), scenario.stages.end(), [&](const scenarios::Stage& stage) {
        if (stage.kind != scenarios::StageKind::Call) {
          return false;
        }
        const latency::Profile& profile = *profiles[stage.call.spec.provider];
        return has_spells(profile) ||
               std::any_of(profile.entries.begin(), profile.entries.end(),
                           [&](const latency::Entry& entry) {  // its model may be drawn by the job
                             return entry.operation == stage.call.spec.operation &&
                                    has_memory(entry);
                           });
      });
}

}  // namespace rehearse::cli
