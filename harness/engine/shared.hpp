#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/draw_table.hpp"
#include "harness/engine/cache.hpp"
#include "harness/engine/call_plan.hpp"
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
};

// What a stage needs nothing but time for, so that it costs no coroutine of its own
// (plain_stage.hpp): an item of its fan-out, or all of it.
enum class Plain : std::uint8_t { No, Item, Stage };

// What all jobs of a run have in common.
struct Shared {
  Shared(runtime::Runtime& runtime, const scenarios::Scenario& scenario,
         std::vector<provider::Provider*> providers, std::uint64_t seed);

  runtime::Runtime& runtime;
  const scenarios::Scenario& scenario;
  std::vector<provider::Provider*> providers;  // by Scenario::providers
  std::uint64_t seed;
  Plan plan;
  std::vector<SharedResource> resources;                        // by Scenario::resources
  std::deque<ConnectionPool> pools;                             // by Scenario::pools
  std::vector<std::unique_ptr<Cache>> caches;                   // by stage; null where none
  std::vector<std::unique_ptr<load::CircuitBreaker>> breakers;  // by stage; null where none
  std::vector<std::vector<scenarios::ResourceUse>> uses;        // by stage: its own, its provider's
  std::vector<std::string> requests;  // by stage: what is really sent, where it is always the same
  std::vector<bool> fills_request;    // by stage: its request is filled in for each job
  std::vector<bool> keep_text;        // by stage: a later request quotes its answer
  std::vector<Plain> plain;           // by stage
  std::vector<CallPlan> calls;        // by stage; empty where it is no call
  std::vector<CallPlan> base_calls;   // by stage: of CallStage::base, where it has one
  DrawTable draws;
};

}  // namespace rehearse::engine
