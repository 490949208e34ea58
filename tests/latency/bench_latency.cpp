#include <benchmark/benchmark.h>

#include "harness/base/check.hpp"
#include "harness/base/text.hpp"
#include "mocks/latency/load_profile.hpp"
#include "mocks/latency/provider_model.hpp"

using namespace rehearse;
using namespace rehearse::latency;

namespace {

void run(benchmark::State& state, ProviderModel& model, const CallFeatures& features,
         double ratio = 1) {
  DrawKey key;
  key.stage = hash_name("image_prompt");
  Instant now;
  Ticket ticket;
  for (auto _ : state) {
    ++key.job;
    now += Duration::milliseconds(1000);
    model.arrive(ticket, key, features, ratio, false, now);
    REHEARSE_CHECK(ticket.state == Ticket::State::InService);
    benchmark::DoNotOptimize(ticket.plan.total);
    model.leave(ticket, now);
  }
  state.SetItemsProcessed(state.iterations());
}

CallFeatures chat_features() {
  CallFeatures features;
  features.operation = "chat";
  features.model = "gpt-4o";
  features.input_tokens = 900;
  features.output_tokens = 300;
  features.max_tokens = 1000;
  return features;
}

// Budget: 250 ns a call with a time of its own, limits and price on.
void arrive_leave_stage_time(benchmark::State& state) {
  ProviderModel model(*load_profile("openai", ""),
                      {{hash_name("image_prompt"), Distribution::constant(5)}});
  const CallFeatures features = chat_features();
  run(state, model, features);
}
BENCHMARK(arrive_leave_stage_time);

void arrive_leave_stage_time_drawn(benchmark::State& state) {
  ProviderModel model(*load_profile("openai", ""),
                      {{hash_name("image_prompt"), Distribution::typical(5, 0.1)}});
  const CallFeatures features = chat_features();
  run(state, model, features);
}
BENCHMARK(arrive_leave_stage_time_drawn);

// What a variant adds: typical() of the call and of the base's.
void typical_ratio(benchmark::State& state) {
  ProviderModel model(*load_profile("openai", ""), {});
  const CallFeatures base = chat_features();
  CallFeatures features = base;
  features.model = "gpt-4o-mini";
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.typical(features).count_ns());
    benchmark::DoNotOptimize(model.typical(base).count_ns());
  }
}
BENCHMARK(typical_ratio);

void arrive_leave_profile_alone(benchmark::State& state) {
  ProviderModel model(*load_profile("openai", ""), {});
  const CallFeatures features = chat_features();
  run(state, model, features);
}
BENCHMARK(arrive_leave_profile_alone);

void load_openai(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(load_profile("openai", "").ok());
  }
}
BENCHMARK(load_openai);

}  // namespace
