#include "harness/engine/shared.hpp"

namespace rehearse::engine {

Shared::Shared(runtime::Runtime& the_runtime, const scenarios::Scenario& the_scenario,
               const Plan& the_plan, std::vector<provider::Provider*> the_providers,
               std::uint64_t the_seed)
    : runtime(the_runtime),
      scenario(the_scenario),
      providers(std::move(the_providers)),
      seed(the_seed),
      plan(the_plan) {
  for (const scenarios::Resource& spec : scenario.resources) {
    SharedResource resource;
    if (spec.sharing == scenarios::Sharing::Processor) {
      resource.sharing = std::make_unique<ProcessorSharing>(runtime, spec.speed_up);
    } else {
      resource.slots = std::make_unique<SlotResource>(runtime, spec);
    }
    resources.push_back(std::move(resource));
  }
  for (const scenarios::Pool& spec : scenario.pools) {
    pools.emplace_back(runtime, spec);
  }
  for (std::size_t i = 0; i < scenario.stages.size(); ++i) {
    drafts.push_back({.stage = scenario.stages[i].path, .features = plan.calls[i].features});
  }
  for (const scenarios::Stage& stage : scenario.stages) {
    caches.push_back(stage.cache && !stage.cache->hit_rate
                         ? std::make_unique<Cache>(stage.cache->ttl, stage.cache->capacity)
                         : nullptr);
    breakers.push_back(nullptr);
    if (stage.breaker) {
      const load::CircuitBreaker::Options options{.failures = stage.breaker->failures,
                                                  .window = stage.breaker->window,
                                                  .open_for = stage.breaker->open_for,
                                                  .probes = stage.breaker->probes};
      breakers.back() = std::make_unique<load::CircuitBreaker>(options);
    }
  }
}

}  // namespace rehearse::engine
