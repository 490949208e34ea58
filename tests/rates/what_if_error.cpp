#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/stats/quantile.hpp"
#include "tests/rates/pipeline_trial.hpp"

// Remakes reports/WHATIF_ERROR.md (README.md says how): what-if on held-out random pipelines,
// virtual time against HTTP mocks.

using namespace rehearse;
using rates::PipelineTrial;

namespace {

struct Options {
  std::uint64_t pipelines = 100;
  std::uint64_t first_seed = 1'000;  // those of tests are below
  std::uint64_t virtual_pipelines = 1'000;
  unsigned threads = 4;  // pipelines that are played side by side: most of a play is waiting
  double speed = 5;
  std::string out = "reports/WHATIF_ERROR.md";
};

Options read_options(int argc, char** argv) {
  Options out;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i];
    const char* const value = argv[i + 1];
    if (flag == "--pipelines") {
      out.pipelines = std::strtoull(value, nullptr, 10);
    } else if (flag == "--virtual") {
      out.virtual_pipelines = std::strtoull(value, nullptr, 10);
    } else if (flag == "--seed") {
      out.first_seed = std::strtoull(value, nullptr, 10);
    } else if (flag == "--speed") {
      out.speed = std::strtod(value, nullptr);
    } else if (flag == "--threads") {
      out.threads = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
    } else if (flag == "--out") {
      out.out = value;
    } else {
      std::cerr << "unknown flag " << flag << '\n';
      std::exit(2);
    }
  }
  return out;
}

// All trials, in the order of their seeds.
std::vector<PipelineTrial> try_all(const Options& options, std::uint64_t count, bool over_http,
                                   double wire_s) {
  std::vector<PipelineTrial> out(count);
  std::atomic<std::uint64_t> next = 0;
  std::mutex mutex;
  const auto work = [&] {
    for (std::uint64_t i = next++; i < count; i = next++) {
      rates::TrialOptions how;
      how.seed = options.first_seed + i;
      how.speed = options.speed;
      how.wire_s = wire_s;
      const Result<PipelineTrial> trial =
          over_http ? rates::try_pipeline(how) : rates::try_intervals(how);
      const std::lock_guard lock(mutex);
      if (!trial) {
        std::cerr << trial.error().text() << '\n';
        std::exit(1);
      }
      out[i] = *trial;
      if (over_http) {
        std::cerr << fmt::format(
            "pipeline {} of {}: {} stages, seed {}, p50 {:.1f} s, "
            "{:+.2f}%, p95 {:+.2f}%\n",
            i + 1, count, trial->stages, trial->seed, trial->seen_s[0], trial->paired[0] * 100,
            trial->paired[1] * 100);
      }
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < (over_http ? options.threads : 2U); ++i) {
    threads.emplace_back(work);
  }
  threads.clear();
  return out;
}

double size_at(const std::vector<PipelineTrial>& trials, std::size_t q, double share, bool paired) {
  std::vector<double> sizes;
  for (const PipelineTrial& trial : trials) {
    sizes.push_back(std::abs((paired ? trial.paired : trial.unpaired)[q]));
  }
  return stats::sorted_quantile(stats::sorted(sizes), share).value_or(0);
}

double bias(const std::vector<PipelineTrial>& trials, std::size_t q) {
  std::vector<double> errors;
  for (const PipelineTrial& trial : trials) {
    errors.push_back(trial.paired[q]);
  }
  return stats::sorted_quantile(stats::sorted(errors), 0.5).value_or(0);
}

// Share of trials that are covered, and its standard error.
std::string coverage(const std::vector<PipelineTrial>& trials, std::size_t q) {
  double inside = 0;
  for (const PipelineTrial& trial : trials) {
    inside += trial.covered[q] ? 1 : 0;
  }
  const auto n = static_cast<double>(trials.size());
  const double share = inside / n;
  return fmt::format("{:.1f}% ± {:.1f}", share * 100,
                     196 * std::sqrt(std::max(share * (1 - share), 1e-9) / n));
}

std::string report(const Options& options, const std::vector<PipelineTrial>& http,
                   const std::vector<PipelineTrial>& virtually, double wire_s) {
  static constexpr const char* kNames[] = {"p50", "p95", "p99"};
  double stages = 0;
  double calls = 0;
  std::size_t least = 1000;
  std::size_t most = 0;
  for (const PipelineTrial& trial : http) {
    stages += static_cast<double>(trial.stages);
    calls += trial.calls;
    least = std::min(least, trial.stages);
    most = std::max(most, trial.stages);
  }
  const auto n = static_cast<double>(std::max<std::size_t>(http.size(), 1));
  std::string out = fmt::format(
      "# What-if on pipelines that nobody has seen\n\n"
      "Made by `build/release/tests/rates/what_if_error` (tests/rates/README.md says how),\n"
      "spot-checked in CI by `tests/rates/pipeline_test.cpp`.\n\n"
      "{} random pipelines of {} to {} stages ({:.1f} on average, {:.1f} calls a job): groups,\n"
      "fan-outs, queues, caches, program order. Each is changed by a variant (order, models,\n"
      "limits, sizes, faster and slower stages, wider fan-outs, caches), predicted in virtual\n"
      "time, then played over HTTP against the mocks: 100 jobs, 10 at a time, at speed {:g}.\n"
      "The wire of this machine ({:.2f} ms a call, measured before on one call alone) stands in\n"
      "the model as its round trip.\n\n"
      "| response | goal | error, median case | error, 90th percentile | bias | without the same "
      "luck, median | … 90th |\n|---|---|---|---|---|---|---|\n",
      http.size(), least, most, stages / n, calls / n, options.speed, wire_s * 1000);
  for (std::size_t q = 0; q < 3; ++q) {
    out += fmt::format("| {} | 5% and 10% | {:.2f}% | {:.2f}% | {:+.2f}% | {:.1f}% | {:.1f}% |\n",
                       kNames[q], 100 * size_at(http, q, 0.5, true),
                       100 * size_at(http, q, 0.9, true), 100 * bias(http, q),
                       100 * size_at(http, q, 0.5, false), 100 * size_at(http, q, 0.9, false));
  }
  out += fmt::format(
      "\n*Error*: predicted over seen, with the same luck on both sides, as everywhere in\n"
      "`rehearse`. *Without the same luck*: the median of 59 other plays of the model; what is\n"
      "left is chance, as the p99 of 100 jobs hangs on one or two of them.\n\n"
      "The model also states a 90% interval for what one run of 100 jobs will show, from the 59\n"
      "plays (the third smallest to the third largest). How often it covered:\n\n"
      "| response | goal | over HTTP, {} pipelines | in virtual time, {} pipelines |\n"
      "|---|---|---|---|\n",
      http.size(), virtually.size());
  for (std::size_t q = 0; q < 3; ++q) {
    out += fmt::format("| {} | 88% to 92% | {} | {} |\n", kNames[q], coverage(http, q),
                       coverage(virtually, q));
  }
  out += "\n± is twice the standard error that so many pipelines leave.\n";
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  const Result<double> wire = rates::measure_wire(options.speed);
  if (!wire) {
    std::cerr << wire.error().text() << '\n';
    return 1;
  }
  const auto http = try_all(options, options.pipelines, true, *wire);
  const auto virtually = try_all(options, options.virtual_pipelines, false, *wire);
  std::ofstream(options.out) << report(options, http, virtually, *wire);
  return 0;
}
