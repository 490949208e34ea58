#include <benchmark/benchmark.h>

#include "harness/base/check.hpp"
#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "harness/runtime/task_group.hpp"
#include "mocks/latency/load_profile.hpp"
#include "mocks/sim/virtual_provider.hpp"

using namespace rehearse;

namespace {

runtime::Task<void> user(provider::Provider& provider, std::uint64_t first, std::uint64_t calls) {
  provider::Call call;
  call.features.operation = "chat";
  call.features.model = "gpt-4o";
  call.features.input_tokens = 900;
  call.features.output_tokens = 300;
  call.features.max_tokens = 1000;
  call.key.stage = hash_name("image_prompt");
  const runtime::StopToken never;
  for (std::uint64_t i = 0; i < calls; ++i) {
    call.key.job = first + i;
    const provider::Outcome outcome = co_await provider.call(call, never);
    REHEARSE_CHECK(outcome.ok());
  }
}

runtime::Task<void> users(runtime::Runtime& rt, provider::Provider& provider, std::uint64_t count,
                          std::uint64_t calls) {
  runtime::TaskGroup group(rt);
  for (std::uint64_t i = 0; i < count; ++i) {
    group.spawn(user(provider, i * calls, calls));
  }
  co_await group.join();
}

// A call of a closed loop of 100 users through model and virtual time. Budget: 500 ns.
void virtual_calls(benchmark::State& state) {
  const auto profile = latency::load_profile(
      "openai", "", *json::parse(R"({ "operations": { "chat": { "models": { "gpt-4o": {
        "limits": { "rpm": 1000000000, "tpm": 1000000000000 } } } } } })"));
  REHEARSE_CHECK(profile.ok());
  for (auto _ : state) {
    runtime::SimRuntime rt;
    latency::ProviderModel model(*profile,
                                 {{hash_name("image_prompt"), Distribution::constant(5)}});
    sim::VirtualProvider provider(rt, model);
    rt.run(users(rt, provider, 100, 100));
  }
  state.SetItemsProcessed(state.iterations() * 10'000);
}
BENCHMARK(virtual_calls);

}  // namespace
