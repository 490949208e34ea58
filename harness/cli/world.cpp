#include "harness/cli/world.hpp"

#include <chrono>

#include "harness/base/text.hpp"
#include "harness/cli/real_world.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "mocks/latency/load_profile.hpp"
#include "mocks/sim/virtual_provider.hpp"

namespace rehearse::cli {
namespace {

// Virtual time and virtual providers.
class SimWorld final : public World {
 public:
  SimWorld(const scenarios::Scenario& scenario,
           const std::vector<std::shared_ptr<const latency::Profile>>& profiles,
           const SimWorldOptions& how)
      : runtime_(&wall_clock) {
    for (std::uint32_t i = 0; i < profiles.size(); ++i) {
      const scenarios::Provider& spec = scenario.providers[i];
      latency::ModelOptions model = model_options(spec);
      model.limits_used = latency::starts_of(how.limits_used, i);
      models_.push_back(
          std::make_unique<latency::ProviderModel>(profiles[i], stage_times(scenario, i), model));
      const sim::VirtualOptions options{.rtt = spec.rtt.distribution, .pace = how.pace};
      providers_.push_back(
          std::make_unique<sim::VirtualProvider>(runtime_, *models_.back(), options));
    }
  }

  runtime::Runtime& runtime() override { return runtime_; }
  std::vector<provider::Provider*> providers() override {
    std::vector<provider::Provider*> out;
    for (const auto& provider : providers_) {
      out.push_back(provider.get());
    }
    return out;
  }
  std::vector<std::vector<latency::LimitUse>> limit_uses() override {
    std::vector<std::vector<latency::LimitUse>> out;
    for (const auto& model : models_) {
      out.push_back(model->uses(runtime_.now()));
    }
    return out;
  }

 private:
  runtime::SimRuntime runtime_;
  std::vector<std::unique_ptr<latency::ProviderModel>> models_;
  std::vector<std::unique_ptr<sim::VirtualProvider>> providers_;
};

}  // namespace

Instant wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_ns(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

latency::ModelOptions model_options(const scenarios::Provider& spec) {
  return {.other_load_per_s = spec.other_load_per_s, .provider = hash_name(spec.name)};
}

std::vector<latency::StageTime> stage_times(const scenarios::Scenario& scenario,
                                            std::uint32_t provider) {
  std::vector<latency::StageTime> out;
  for (const scenarios::Stage& stage : scenario.stages) {
    if (stage.kind == scenarios::StageKind::Call && stage.call.spec.provider == provider &&
        stage.call.time) {
      out.push_back({stage.key, *stage.call.time});
    }
  }
  return out;
}

Result<std::vector<std::shared_ptr<const latency::Profile>>> load_profiles(
    const scenarios::Scenario& scenario, const std::filesystem::path& folder) {
  std::vector<std::shared_ptr<const latency::Profile>> out;
  Errors errors;
  for (const scenarios::Provider& provider : scenario.providers) {
    Result<std::shared_ptr<const latency::Profile>> profile =
        latency::load_profile(provider.profile, folder, provider.change);
    if (profile) {
      out.push_back(std::move(profile).value());
      continue;
    }
    for (Error error : profile.errors()) {
      error.where =
          "provider \"" + provider.name + "\"" + (error.where.empty() ? "" : ", " + error.where);
      errors.push_back(std::move(error));
    }
  }
  return errors.empty() ? Result(std::move(out))
                        : Result<std::vector<std::shared_ptr<const latency::Profile>>>(errors);
}

Status check_against(const scenarios::Scenario& scenario, const Against& against) {
  for (const auto& [name, kind] : against.by_provider) {
    bool known = false;
    std::vector<std::string> names;
    for (const scenarios::Provider& provider : scenario.providers) {
      names.push_back(provider.name);
      known = known || provider.name == name;
    }
    if (!known) {
      const std::string nearest = nearest_name(name, names);
      return Error{"--against", "the scenario has no provider " + quoted_excerpt(name) +
                                    (nearest.empty() ? "" : ", did you mean \"" + nearest + "\"?")};
    }
  }
  return Done{};
}

std::unique_ptr<World> make_sim_world(
    const scenarios::Scenario& scenario,
    const std::vector<std::shared_ptr<const latency::Profile>>& profiles,
    const SimWorldOptions& options) {
  return std::make_unique<SimWorld>(scenario, profiles, options);
}

Result<std::unique_ptr<World>> make_world(const scenarios::Scenario& scenario,
                                          const WorldOptions& options) {
  const Status against = check_against(scenario, options.against);
  if (!against) {
    return against.errors();
  }
  auto profiles = load_profiles(scenario, options.folder);
  if (!profiles) {
    return profiles.errors();
  }
  if (options.against.is_sim()) {
    return make_sim_world(scenario, *profiles);
  }
  Result<std::unique_ptr<RealWorld>> real = RealWorld::make(scenario, *profiles, options, {});
  if (!real) {
    return real.errors();
  }
  return std::unique_ptr<World>(std::move(real).value());
}

Status within_time(const record::RunEnd& end, const std::string& scenario) {
  if (end.stop_reason != engine::kEndless) {
    return Done{};
  }
  return Error{scenario,
               "its jobs last longer than the 292 years in which time is counted: make stages "
               "shorter, or repeat them less"};
}

Result<engine::RunOutcome> within_time(engine::RunOutcome outcome,
                                       const scenarios::Scenario& scenario) {
  const Status counted = within_time(outcome.end, scenario.name);
  return counted ? Result<engine::RunOutcome>(std::move(outcome)) : counted.errors();
}

}  // namespace rehearse::cli
