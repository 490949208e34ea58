#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/cli/against.hpp"
#include "harness/engine/engine.hpp"
#include "harness/provider/provider.hpp"
#include "harness/record/run_end.hpp"
#include "harness/runtime/runtime.hpp"
#include "mocks/latency/provider_model.hpp"
#include "scenarios/model.hpp"

namespace rehearse::cli {

struct WorldOptions {
  Against against;
  double speed = 1;
  std::optional<Duration> pace_ceiling = {};  // of mocks; nothing: the server's own
  std::uint64_t seed = 1;
  std::filesystem::path folder;           // of the scenario: where profile files are looked for
  latency::LimitStarts limits_used = {};  // of mocks, by provider; empty: nothing is
};

// One world: its clock and its providers, in the order of Scenario::providers.
class World {
 public:
  virtual ~World() = default;
  virtual runtime::Runtime& runtime() = 0;
  virtual std::vector<provider::Provider*> providers() = 0;
  // What this world knows of how well it kept its own time, once a run has ended.
  virtual void describe_end(record::RunEnd&) {}
  // What the providers' own limits saw, a list for each provider; empty where nobody can look
  // inside them.
  virtual std::vector<std::vector<latency::LimitUse>> limit_uses() { return {}; }
};

// Makes the world that a scenario is to run in. Errors: unknown profiles, ports, missing keys.
Result<std::unique_ptr<World>> make_world(const scenarios::Scenario& scenario,
                                          const WorldOptions& options);

struct SimWorldOptions {
  bool pace = true;  // else nobody is told the gaps inside streams, which cost as much as a call
  latency::LimitStarts limits_used = {};  // by provider; empty: nothing is
};

// A world of virtual time over profiles that were loaded before, in the order of the providers.
std::unique_ptr<World> make_sim_world(
    const scenarios::Scenario& scenario,
    const std::vector<std::shared_ptr<const latency::Profile>>& profiles,
    const SimWorldOptions& options = {});

// An error where the jobs of a run last longer than time is counted.
Status within_time(const record::RunEnd& end, const std::string& scenario);
Result<engine::RunOutcome> within_time(engine::RunOutcome outcome,
                                       const scenarios::Scenario& scenario);

// Whether every provider that --against names is one of the scenario's.
Status check_against(const scenarios::Scenario& scenario, const Against& against);

// Whether the environment has a base URL and a key for every live provider. Errors name all that is
// missing.
Status check_live(const scenarios::Scenario& scenario, const Against& against);

// The models of a scenario's providers, in their order, with the `time`s of their stages.
Result<std::vector<std::shared_ptr<const latency::Profile>>> load_profiles(
    const scenarios::Scenario& scenario, const std::filesystem::path& folder);
std::vector<latency::StageTime> stage_times(const scenarios::Scenario& scenario,
                                            std::uint32_t provider);

latency::ModelOptions model_options(const scenarios::Provider& provider);

// Wall time since the epoch.
Instant wall_clock();

}  // namespace rehearse::cli
