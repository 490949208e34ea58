#include <benchmark/benchmark.h>

#include <thread>
#include <vector>

#include "harness/base/distribution.hpp"
#include "harness/base/math.hpp"
#include "harness/base/rng.hpp"
#include "harness/stats/change.hpp"
#include "harness/stats/histogram.hpp"
#include "harness/stats/rank_test.hpp"

// Budgets: record 5 ns; the comparison of 2 x 100,000 jobs x 50 metrics with 10,000 resamples 1 s
// on two threads, so 10 metrics on one thread 400 ms.
namespace rehearse::stats {
namespace {

std::vector<double> sample(std::uint64_t seed, std::size_t n) {
  std::vector<double> out;
  for (std::uint64_t i = 0; i < n; ++i) {
    const double u = DrawKey{.seed = seed, .job = i}.uniform(Dimension::ServiceTime);
    out.push_back(exp(0.5 * normal_quantile(u)));
  }
  return out;
}

std::vector<std::int64_t> nanoseconds(std::uint64_t seed, std::size_t n) {
  std::vector<std::int64_t> out;
  for (const double value : sample(seed, n)) {
    out.push_back(static_cast<std::int64_t>(value * 5e9));
  }
  return out;
}

void histogram_record(benchmark::State& state) {
  const auto values = nanoseconds(1, 4096);
  Histogram h;
  std::size_t i = 0;
  for (auto _ : state) {
    h.record(values[i++ & 4095]);
  }
  benchmark::DoNotOptimize(h);
  state.counters["bytes"] = static_cast<double>(h.memory());
}
BENCHMARK(histogram_record);

void histogram_merge(benchmark::State& state) {
  Histogram a;
  Histogram b;
  for (const std::int64_t v : nanoseconds(1, 10'000)) {
    a.record(v);
  }
  for (const std::int64_t v : nanoseconds(2, 10'000)) {
    b.record(v);
  }
  for (auto _ : state) {
    a.merge(b);
    benchmark::DoNotOptimize(a);
  }
}
BENCHMARK(histogram_merge);

void histogram_quantile(benchmark::State& state) {
  Histogram h;
  for (const std::int64_t v : nanoseconds(1, 10'000)) {
    h.record(v);
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(h.quantile(0.99));
  }
}
BENCHMARK(histogram_quantile);

// One metric of 100,000 jobs a side, all usual statistics; the luck is shared between metrics.
void compare_metric(benchmark::State& state, bool paired, std::size_t jobs) {
  const auto before = sample(1, jobs);
  const auto after = sample(2, jobs);
  const Resampling luck(1, 10'000);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        compare_samples(before, after, usual_statistics(), luck, {.paired = paired}));
  }
}
BENCHMARK_CAPTURE(compare_metric, paired_100k, true, 100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compare_metric, unpaired_100k, false, 100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compare_metric, paired_500, true, 500)->Unit(benchmark::kMillisecond);

// 2 x 100,000 jobs x metrics on two threads, 10,000 resamples, drawing the luck included.
void compare_runs_large(benchmark::State& state) {
  const auto before = sample(1, 100'000);
  const auto after = sample(2, 100'000);
  const auto metrics = state.range(0);
  for (auto _ : state) {
    const Resampling luck(1, 10'000);
    const auto half = [&](std::int64_t from) {
      for (std::int64_t m = from; m < metrics; m += 2) {
        benchmark::DoNotOptimize(
            compare_samples(before, after, usual_statistics(), luck, {.paired = true}));
      }
    };
    std::thread other(half, 1);
    half(0);
    other.join();
  }
}
BENCHMARK(compare_runs_large)->Arg(10)->Arg(50)->Unit(benchmark::kMillisecond)->UseRealTime();

void signed_rank_100k(benchmark::State& state) {
  std::vector<double> d = sample(1, 100'000);
  for (double& v : d) {
    v -= 1;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(signed_rank_shift(d));
  }
}
BENCHMARK(signed_rank_100k)->Unit(benchmark::kMillisecond);

void gamma_table(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Distribution::gamma(1, 0.7));
  }
}
BENCHMARK(gamma_table)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rehearse::stats
