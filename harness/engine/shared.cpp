#include "harness/engine/shared.hpp"

#include <algorithm>

#include "harness/json/write.hpp"

namespace rehearse::engine {

namespace {

Plain plain_part(const Shared& shared, std::size_t index) {
  const scenarios::Stage& stage = shared.scenario.stages[index];
  bool item = !stage.cache && stage.holds.empty() && shared.uses[index].empty() &&
              shared.breakers[index] == nullptr;
  if (stage.kind == scenarios::StageKind::Call) {
    const bool pooled = stage.connection && stage.connection->pool;
    item = item && !pooled && !stage.link && !stage.hedge && !shared.keep_text[index] &&
           !shared.fills_request[index];
  }
  const bool whole = item && !stage.repeat && !stage.fallback;
  if (stage.kind == scenarios::StageKind::Group) {
    return whole ? Plain::Stage : Plain::No;
  }
  return whole ? Plain::Stage : item ? Plain::Item : Plain::No;
}

}  // namespace

Shared::Shared(runtime::Runtime& the_runtime, const scenarios::Scenario& the_scenario,
               std::vector<provider::Provider*> the_providers, std::uint64_t the_seed)
    : runtime(the_runtime),
      scenario(the_scenario),
      providers(std::move(the_providers)),
      seed(the_seed),
      plan(the_scenario) {
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
    uses.push_back(stage.uses);
    if (stage.kind == scenarios::StageKind::Call) {
      const std::optional<std::uint32_t> machine =
          scenario.providers[stage.call.spec.provider].runs_on;
      if (machine) {
        uses.back().push_back({.resource = *machine, .slots = 1, .priority = 0});
      }
    }
    const std::string request = stage.request.is_null() ? "" : json::dump(stage.request);
    fills_request.push_back(request.find("${") != std::string::npos);
    requests.push_back(request);
  }
  for (const scenarios::Stage& stage : scenario.stages) {
    const std::string quoted = "stages." + stage.name + ".text";
    keep_text.push_back(std::any_of(requests.begin(), requests.end(), [&](const std::string& r) {
      return r.find(quoted) != std::string::npos;
    }));
  }
  for (std::size_t i = 0; i < scenario.stages.size(); ++i) {
    plain.push_back(plain_part(*this, i));
    const scenarios::CallStage& call = scenario.stages[i].call;
    const bool calling = scenario.stages[i].kind == scenarios::StageKind::Call;
    calls.push_back(calling ? plan_call(call.spec) : CallPlan());
    base_calls.push_back(calling && call.base ? plan_call(*call.base) : CallPlan());
  }
}

}  // namespace rehearse::engine
