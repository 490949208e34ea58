#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "harness/base/draw_table.hpp"
#include "harness/engine/cache.hpp"
#include "harness/engine/connection_pool.hpp"
#include "harness/engine/plan.hpp"
#include "harness/engine/processor_sharing.hpp"
#include "harness/engine/slot_resource.hpp"
#include "harness/load/breaker.hpp"
#include "harness/provider/provider.hpp"
#include "scenarios/model.hpp"

namespace rehearse::engine {

// A resource of either kind.
struct SharedResource {
  std::unique_ptr<SlotResource> slots;        // Sharing::Slots
  std::unique_ptr<ProcessorSharing> sharing;  // Sharing::Processor
  Wide busy_ns() const { return slots ? slots->busy_ns() : sharing->busy_ns(); }
};

// What all jobs of a run have in common.
struct Shared {
  Shared(runtime::Runtime& runtime, const scenarios::Scenario& scenario, const Plan& plan,
         std::vector<provider::Provider*> providers, std::uint64_t seed);

  runtime::Runtime& runtime;
  const scenarios::Scenario& scenario;
  std::vector<provider::Provider*> providers;  // by Scenario::providers
  std::uint64_t seed;
  const Plan& plan;
  std::vector<SharedResource> resources;                        // by Scenario::resources
  std::deque<ConnectionPool> pools;                             // by Scenario::pools
  std::vector<std::unique_ptr<Cache>> caches;                   // by stage; null where none
  std::vector<std::unique_ptr<load::CircuitBreaker>> breakers;  // by stage; null where none
  DrawTable draws;
  std::vector<provider::Call> drafts;  // by stage: its calls, as far as all jobs make the same
};

}  // namespace rehearse::engine
