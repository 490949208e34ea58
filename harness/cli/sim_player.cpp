#include "harness/cli/sim_player.hpp"

#include "harness/cli/interrupt.hpp"
#include "harness/cli/run_header.hpp"
#include "harness/cli/sharing.hpp"
#include "harness/cli/world.hpp"
#include "harness/json/write.hpp"

namespace rehearse::cli {
namespace {

// Profiles and plan are made once; every play has a world of its own.
class SimRepeat final : public study::Repeat {
 public:
  SimRepeat(const scenarios::Scenario& scenario,
            std::vector<std::shared_ptr<const latency::Profile>> profiles)
      : scenario_(scenario), profiles_(std::move(profiles)), plan_(scenario) {}

  Result<engine::RunOutcome> play(const engine::Options& options, engine::JobSink& sink) override {
    const std::unique_ptr<World> world = make_sim_world(scenario_, profiles_, {.pace = false});
    return within_time(
        engine::run(world->runtime(), scenario_, plan_, world->providers(), sink, options),
        scenario_);
  }

 private:
  const scenarios::Scenario& scenario_;
  std::vector<std::shared_ptr<const latency::Profile>> profiles_;
  engine::Plan plan_;
};

}  // namespace

Result<SimPlayer::Profiles> SimPlayer::profiles_of(const scenarios::Scenario& scenario) const {
  std::string key;
  for (const scenarios::Provider& provider : scenario.providers) {
    key += provider.name + '\n' + provider.profile + '\n' + json::dump(provider.change) + '\n';
  }
  const std::lock_guard lock(mutex_);
  if (const auto known = known_.find(key); known != known_.end()) {
    return known->second;
  }
  Result<Profiles> profiles = load_profiles(scenario, folder_);
  if (profiles) {
    known_[key] = *profiles;
  }
  return profiles;
}

Result<engine::RunOutcome> SimPlayer::play(const scenarios::Scenario& scenario,
                                           const engine::Options& options,
                                           engine::JobSink& sink) const {
  const Result<Profiles> profiles = profiles_of(scenario);
  if (!profiles) {
    return profiles.errors();
  }
  const std::unique_ptr<World> world = make_sim_world(scenario, *profiles, {.pace = false});
  return within_time(engine::run(world->runtime(), scenario, world->providers(), sink, options),
                     scenario);
}

std::unique_ptr<study::Repeat> SimPlayer::repeat(const scenarios::Scenario& scenario) const {
  Result<Profiles> profiles = profiles_of(scenario);
  if (!profiles) {
    return Player::repeat(scenario);  // whose plays say why
  }
  return std::make_unique<SimRepeat>(scenario, std::move(profiles).value());
}

Result<SimPlayer::Profiles> SimPlayer::changed_profiles(
    const scenarios::Scenario& scenario, const std::vector<study::LimitChange>& changes) const {
  Result<Profiles> profiles = profiles_of(scenario);
  if (!profiles) {
    return profiles;
  }
  for (const study::LimitChange& change : changes) {
    std::shared_ptr<const latency::Profile>& profile = (*profiles)[change.provider];
    auto changed = std::make_shared<latency::Profile>(*profile);
    latency::scale_limit(*changed, change.place, change.factor);
    profile = std::move(changed);
  }
  return profiles;
}

Result<engine::RunOutcome> SimPlayer::play_watched(const scenarios::Scenario& scenario,
                                                   const engine::Options& options,
                                                   engine::JobSink& sink,
                                                   study::Watch& watch) const {
  const Result<Profiles> profiles = changed_profiles(scenario, watch.changes);
  if (!profiles) {
    return profiles.errors();
  }
  const std::unique_ptr<World> world =
      make_sim_world(scenario, *profiles, {.pace = false, .limits_used = watch.limits_used});
  engine::Options watched = options;
  watched.on_tick = [](const engine::Progress&) {
    return interrupted() ? engine::Command::StopAll : engine::Command::GoOn;
  };
  engine::RunOutcome outcome =
      engine::run(world->runtime(), scenario, world->providers(), sink, watched);
  watch.uses = world->limit_uses();
  return within_time(std::move(outcome), scenario);
}

record::RunHeader SimPlayer::header(const scenarios::Scenario& scenario, std::uint64_t seed) const {
  HeaderOptions options;
  options.seed = seed;
  // A study makes thousands of headers: reading files for each would take most of its time.
  options.environment = environment_;
  const Result<Profiles> profiles = profiles_of(scenario);
  options.isolated = !profiles || is_isolated(scenario, *profiles);
  return make_header(scenario, options);
}

}  // namespace rehearse::cli
