#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "harness/cli/sim_player.hpp"
#include "harness/study/audit.hpp"
#include "harness/study/what_if.hpp"
#include "scenarios/load.hpp"

// Budgets, on two idle cores: the claims of all five reference systems at 10,000 jobs a point
// judged in 10 s; what their variants are worth at 1,000 jobs a coalition in 20 s; the exact
// Shapley shares of ten switches at 10,000 jobs a coalition (1,024 of them) in 10 s.

namespace {

using namespace rehearse;

constexpr std::array kSystems{"auto-post", "forum-autoposter", "storyboard", "talking-photo",
                              "lectra"};

scenarios::ScenarioFile load(const std::string& path) {
  return scenarios::load_scenario(std::string(REHEARSE_SOURCE_DIR) + path).value();
}

// Arguments: how many of the systems, jobs of a point.
void audit(benchmark::State& state) {
  std::size_t claims = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      const auto file =
          load(std::string("/scenarios/") + kSystems[static_cast<std::size_t>(i)] + ".json");
      const cli::SimPlayer player(file.folder());
      study::AuditOptions options;
      options.jobs = static_cast<std::uint64_t>(state.range(1));
      claims += study::audit(file, player, options).value().claims.size();
    }
  }
  state.counters["claims"] = static_cast<double>(claims) / static_cast<double>(state.iterations());
}
BENCHMARK(audit)->Args({1, 100})->Unit(benchmark::kMillisecond)->Name("audit");
BENCHMARK(audit)
    ->Args({5, 10'000})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1)
    ->Name("audit-large");

// Arguments: how many of the systems, jobs of a coalition.
void what_if(benchmark::State& state) {
  std::size_t coalitions = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      const auto file =
          load(std::string("/scenarios/") + kSystems[static_cast<std::size_t>(i)] + ".json");
      const cli::SimPlayer player(file.folder());
      study::WhatIfOptions options;
      options.jobs = static_cast<std::uint64_t>(state.range(1));
      coalitions += study::what_if(file, player, options).value().coalitions;
    }
  }
  state.counters["coalitions"] =
      static_cast<double>(coalitions) / static_cast<double>(state.iterations());
}
BENCHMARK(what_if)->Args({1, 10})->Unit(benchmark::kMillisecond)->Name("what_if");
BENCHMARK(what_if)
    ->Args({5, 1'000})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1)
    ->Name("what_if-large");

// Five stages, ten switches that exclude no other.
void shapley(benchmark::State& state) {
  const auto file = load("/tests/perf/ten_switches.json");
  const cli::SimPlayer player(file.folder());
  study::WhatIfOptions options;
  options.jobs = static_cast<std::uint64_t>(state.range(0));
  options.speed_ups = false;
  std::size_t coalitions = 0;
  for (auto _ : state) {
    coalitions += study::what_if(file, player, options).value().coalitions;
  }
  state.counters["coalitions"] =
      static_cast<double>(coalitions) / static_cast<double>(state.iterations());
}
BENCHMARK(shapley)->Arg(10)->Unit(benchmark::kMillisecond)->Name("shapley");
BENCHMARK(shapley)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1)
    ->Name("shapley-large");

}  // namespace
