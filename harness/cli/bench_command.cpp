#include <benchmark/benchmark.h>

#include <exception>
#include <fstream>
#include <iostream>
#include <limits>
#include <memory>
#include <sstream>

#include "harness/base/text.hpp"
#include "harness/cli/bench_points.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/engine/recorder_sink.hpp"
#include "harness/record/recorder.hpp"
#include "harness/record/summary.hpp"
#include "reports/figures.hpp"

// Google Benchmark as a front end: its flags, filters, repetitions, aggregates and formats.
namespace rehearse::cli {
namespace {

constexpr const char* kLibraryFlags = "benchmark_*";
constexpr std::size_t kOwnWords = 3;  // the program's name, and flags for users who give none
constexpr std::string_view kPrefix = "--benchmark_";

// The runs of one measurement together.
struct Runs {
  stats::Histogram response;
  double cost_usd = 0;
  double tokens = 0;
  double jobs = 0;  // that ended
  double jobs_per_second = 0;
  double count = 0;
};

// One registered benchmark and where it stands.
struct Benchmark {
  BenchPoint point;
  std::uint64_t seed = 1;
  bool table = false;      // every row needs every column: what has no figure is NaN
  std::uint64_t runs = 0;  // of its last measurement
  std::uint64_t repetition = 0;
};

Result<record::RunPoint> play(const BenchPoint& point, std::uint64_t seed) {
  record::RunHeader header = point.player->header(point.scenario, seed);
  header.keep = record::KeepRule::nothing();
  record::Recorder recorder(std::move(header));
  engine::RecorderSink sink(recorder);
  engine::Options options;
  options.seed = seed;
  options.on_tick = [](const engine::Progress&) {
    return interrupted() ? engine::Command::StopAll : engine::Command::GoOn;
  };
  Result<engine::RunOutcome> outcome = point.player->play(point.scenario, options, sink);
  if (!outcome) {
    return outcome.errors();
  }
  const Status finished = recorder.finish(std::move(outcome->end));
  if (!finished) {
    return finished.errors();
  }
  return recorder.take_point();
}

// Plays one run and adds it; its mean response in scenario time.
Result<double> measure(const Benchmark& benchmark, std::uint64_t number, Runs& runs) {
  if (interrupted()) {
    return Error{"", "interrupted"};
  }
  const Result<record::RunPoint> point = play(benchmark.point, benchmark.seed + number);
  if (!point) {
    return point.errors();
  }
  const record::RunSummary run = record::summarise(*point);
  if (run.done == 0 || !run.valid) {
    return Error{"",
                 run.done == 0 ? "no job was done" : reports::joined(run.invalid_reasons, "; ")};
  }
  runs.response.merge(point->tally.jobs.response);
  runs.cost_usd += run.cost_usd.total;
  runs.tokens += static_cast<double>(run.usage.input_tokens + run.usage.output_tokens);
  runs.jobs += static_cast<double>(run.cost_usd.count);
  runs.jobs_per_second += run.throughput_per_s;
  runs.count += 1;
  return run.response_s.mean;
}

void set_counters(const Runs& runs, bool table, benchmark::UserCounters& counters) {
  const record::Spread response = record::spread_of(runs.response, 1e-9);
  // What the sample cannot carry has no figure, as in every report.
  for (const auto& [name, value] : {std::pair{"p50_s", response.p50}, {"p95_s", response.p95}}) {
    if (value || table) {
      counters[name] = value.value_or(std::numeric_limits<double>::quiet_NaN());
    }
  }
  counters["cost_usd"] = runs.cost_usd / runs.jobs;
  counters["tokens"] = runs.tokens / runs.jobs;
  counters["jobs_per_second"] = runs.jobs_per_second / runs.count;
}

// Returns whether there is a figure.
bool run_benchmark(benchmark::State& state, Benchmark& benchmark) {
  const auto asked = static_cast<std::uint64_t>(state.max_iterations);
  // The library repeats a measurement with the same number of runs; with more of them it tries the
  // same one again for longer.
  benchmark.repetition = asked == benchmark.runs ? benchmark.repetition + 1 : 0;
  benchmark.runs = asked;
  std::uint64_t number = benchmark.repetition * asked;
  Runs runs;
  for ([[maybe_unused]] auto _ : state) {
    const Result<double> mean_s = measure(benchmark, number++, runs);
    if (!mean_s && !benchmark.table) {
      state.SkipWithError(terminal_safe(mean_s.error().text()).c_str());
      return false;
    }
    if (!mean_s) {
      // The library's CSV ends the process where a row of errors comes before one of figures.
      state.SetLabel("error: " + terminal_safe(mean_s.error().text()));
    }
    state.SetIterationTime(mean_s ? *mean_s : 0);
  }
  set_counters(runs, benchmark.table, state.counters);
  return runs.count == static_cast<double>(asked);
}

struct UsageWanted : std::exception {};
[[noreturn]] void want_usage() { throw UsageWanted(); }

// Where a report cannot be written the library ends the process; better now and in our words.
Status check_out(const std::vector<std::string>& flags) {
  const std::string name = std::string(kPrefix) + "out=";
  for (const std::string& flag : flags) {
    if (flag.starts_with(name) && !std::ofstream(flag.substr(name.size()), std::ios::app)) {
      return Error{flag, "cannot be written: expected a file in a folder that exists"};
    }
  }
  return Done{};
}

// Hands the flags to the library, which prints its usage and ends the process at some bad values,
// and words of its own at others: all become one line here.
// `words` are the program's name and flags, and must outlive the benchmarks.
Status initialise(std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  int argc = static_cast<int>(words.size());
  std::string given;
  for (std::size_t i = kOwnWords; i < words.size(); ++i) {
    given += (given.empty() ? "" : " ") + words[i];
  }
  const std::string expected =
      ": Google Benchmark does not take it so; expected --benchmark_NAME=VALUE as 'rehearse bench "
      "--help' says";
  std::ostringstream said;
  std::streambuf* const usual = std::cerr.rdbuf(said.rdbuf());
  bool bad_value = false;
  try {
    benchmark::SetDefaultTimeUnit(benchmark::kMillisecond);
    benchmark::Initialize(&argc, argv.data(), &want_usage);
  } catch (const UsageWanted&) {
    bad_value = true;
  }
  std::cerr.rdbuf(usual);
  if (bad_value || argc > 1) {
    return Error{"bench", quoted_excerpt(bad_value ? given : argv[1], 200) + expected};
  }
  return check_out(words);
}

int bench(const Arguments& arguments, const Console& console) {
  const auto seed = arguments.count("seed", 0, UINT64_MAX);
  // One run is a measurement unless more are asked for; colours as everywhere here.
  std::vector<std::string> words{
      "rehearse", std::string(kPrefix) + "min_time=0",
      std::string(kPrefix) + "color=" + (console.color ? "true" : "false")};
  bool table = false;
  for (const std::string& flag : arguments.list(kLibraryFlags)) {
    words.push_back(flag);
    table = table || flag.ends_with("format=csv");
  }
  const Status flags = initialise(words);
  if (!seed || !flags) {
    return console.refuse(!seed ? seed.errors() : flags.errors());
  }
  Result<std::vector<BenchPoint>> points = make_bench_points(arguments);
  if (!points) {
    return console.refuse(points.errors());
  }
  bool whole = true;
  for (BenchPoint& point : *points) {
    const auto one =
        std::make_shared<Benchmark>(Benchmark{std::move(point), seed->value_or(1), table});
    benchmark::RegisterBenchmark(one->point.name.c_str(), [one, &whole](benchmark::State& state) {
      whole = run_benchmark(state, *one) && whole;
    })->UseManualTime();
  }
  const std::size_t matched = benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  std::cout.flush();
  if (interrupted()) {
    return kInterrupted;
  }
  return matched == 0 ? kUsage : whole ? kPass : kInconclusive;
}

}  // namespace

Command bench_command() {
  Usage usage{.verb = "bench",
              .positional = "SCENARIO...",
              .summary = "Scenarios, variants and sweep points as Google Benchmark benchmarks.",
              .flags = selection_flags(),
              .least = 1,
              .most = 10'000,
              .example =
                  "rehearse bench scenarios/auto-post.json --jobs 100 "
                  "--benchmark_filter=/base/ --benchmark_repetitions=5"};
  const std::vector<Flag> load = load_flags();
  usage.flags.insert(usage.flags.end(), load.begin(), load.end());
  usage.flags.push_back(sweep_flags().front());
  usage.flags.push_back(
      {"seed", "N", "of the first run; the next has N+1; 1 otherwise", Flag::Kind::Text});
  usage.flags.push_back({kLibraryFlags, "VALUE",
                         "Google Benchmark's own, as --benchmark_NAME=VALUE: list_tests, filter, "
                         "repetitions, report_aggregates_only, min_time (seconds of scenario time; "
                         "one run otherwise), format and out_format (console, json, csv), out, "
                         "time_unit (ns, us, ms, s)",
                         Flag::Kind::Others});
  return {std::move(usage), &bench};
}

}  // namespace rehearse::cli
