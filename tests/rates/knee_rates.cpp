#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "harness/base/parallel.hpp"
#include "tests/rates/known_knee.hpp"
#include "tests/rates/state.hpp"

// Makes reports/KNEE_RATES.md: how often the interval of `rehearse plan` holds the true knee.
// README.md says how.

namespace {

using namespace rehearse;
using namespace rehearse::test;

struct Settings {
  std::uint64_t trials = 100;  // of each family
  std::uint64_t first = 0;     // number of the first system
  int family = -1;             // all
  unsigned threads = 2;
  std::string out = "reports/KNEE_RATES.md";
  std::string state = "build/knee_rates.txt";
};

bool read_settings(int argc, char** argv, Settings& out) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i];
    const char* const value = argv[i + 1];
    if (flag == "--trials") {
      out.trials = std::strtoull(value, nullptr, 10);
    } else if (flag == "--first") {
      out.first = std::strtoull(value, nullptr, 10);
    } else if (flag == "--family") {
      out.family = std::atoi(value);
    } else if (flag == "--threads") {
      out.threads = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
    } else if (flag == "--out") {
      out.out = value;
    } else if (flag == "--state") {
      out.state = value;
    } else {
      return false;
    }
  }
  return argc % 2 == 1 && out.trials > 0 && out.threads > 0;
}

// One system of one family, by what it is called in the state file.
struct Ask {
  unsigned family = 0;
  std::uint64_t n = 0;
  std::string name() const { return fmt::format("{} {}", family, n); }
};

std::vector<Ask> all_asks(const Settings& settings) {
  std::vector<Ask> out;
  for (std::uint64_t i = 0; i < settings.trials; ++i) {
    for (unsigned family = 0; family < kFamilies; ++family) {
      if (settings.family < 0 || family == static_cast<unsigned>(settings.family)) {
        out.push_back({family, settings.first + i});
      }
    }
  }
  return out;
}

std::string figures_of(const KneeTrial& trial) {
  return fmt::format("{:.17g} {:.17g} {:.17g} {:.17g} {} {} {}", trial.truth, trial.estimate,
                     trial.interval.low, trial.interval.high, trial.probes, trial.jobs,
                     trial.found ? 1 : 0);
}

KneeTrial read_figures(const std::string& figures) {
  KneeTrial out;
  std::istringstream in(figures);
  in >> out.truth >> out.estimate >> out.interval.low >> out.interval.high >> out.probes >>
      out.jobs >> out.found;
  out.covered = out.found && out.interval.contains(out.truth);
  return out;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

std::string row(const std::string& name, const std::vector<KneeTrial>& trials) {
  std::vector<double> off;
  std::vector<double> width;
  std::vector<double> jobs;
  double covered = 0;
  double above = 0;
  double signed_off = 0;
  unsigned probes = 0;
  const auto n = static_cast<double>(trials.size());
  for (const KneeTrial& trial : trials) {
    covered += trial.covered ? 1 / n : 0;
    above += trial.interval.low > trial.truth ? 1 / n : 0;
    probes = std::max(probes, trial.probes);
    off.push_back(std::abs(trial.estimate / trial.truth - 1));
    signed_off += (trial.estimate / trial.truth - 1) / n;
    width.push_back(trial.interval.half_width() / trial.truth);
    jobs.push_back(static_cast<double>(trial.jobs) * 1e-6);
  }
  return fmt::format(
      "| {} | {} | {:.1f}% ± {:.1f} | {:.1f}% | {:.2f}% | {:+.2f}% | ± {:.2f}% | {} | {:.1f} |\n",
      name, trials.size(), 100 * covered,
      200 * std::sqrt(std::max(covered * (1 - covered), 0.0) / n), 100 * above, 100 * median(off),
      100 * signed_off, 100 * median(width), probes, median(jobs));
}

std::string page(const Settings& settings, const rates::State& state) {
  std::string out =
      "# How often the interval of a capacity plan is right\n\n"
      "`rehearse plan` searched systems whose largest load inside an objective is known in\n"
      "closed form, each with a size, a speed and an objective of its own\n"
      "(`tests/rates/known_knee.cpp`). Made by `build/release/tests/rates/knee_rates`\n"
      "(tests/rates/README.md says how), spot-checked in CI by `tests/rates/knee_test.cpp`. The\n"
      "goal: the truth inside 93 to 97% of the 95% intervals, the median estimate within ± 2%, at\n"
      "most 12 probes.\n\n"
      "| system | trials | true knee inside | interval above it | median error | mean error "
      "| median interval | most probes | million jobs |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n";
  std::vector<KneeTrial> all;
  for (unsigned family = 0; family < kFamilies; ++family) {
    std::vector<KneeTrial> trials;
    for (const Ask& ask : all_asks(settings)) {
      const auto found = state.all().find(ask.name());
      if (ask.family == family && found != state.all().end()) {
        trials.push_back(read_figures(found->second));
      }
    }
    if (!trials.empty()) {
      out += row(family_name(family), trials);
      all.insert(all.end(), trials.begin(), trials.end());
    }
  }
  out += row("all", all);
  return out +
         "\n± behind a share is twice the standard error that so many trials leave; *median "
         "interval* is\nhalf of its width. Users are whole numbers: the knee of a crowd is the "
         "largest whole number\ninside, and its interval, rounded to whole numbers, holds it "
         "more often than one that is not.\n";
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  if (!read_settings(argc, argv, settings)) {
    std::fprintf(stderr,
                 "usage: knee_rates [--trials N] [--first N] [--family N] [--threads N] "
                 "[--state FILE] [--out FILE]\n");
    return 2;
  }
  rates::State state(settings.state);
  std::vector<Ask> todo;
  for (const Ask& ask : all_asks(settings)) {
    if (!state.has(ask.name())) {
      todo.push_back(ask);
    }
  }
  std::atomic<std::size_t> done = 0;
  for_each_parallel(
      todo.size(),
      [&](std::size_t i) {
        const KneeTrial trial = try_knee(known_system(todo[i].family, todo[i].n), 1 + todo[i].n);
        state.add(todo[i].name(), figures_of(trial));
        std::fprintf(stderr, "%zu of %zu: %s, system %s: true %.5g, found %.5g [%.5g, %.5g]%s\n",
                     ++done, todo.size(), family_name(todo[i].family).c_str(),
                     todo[i].name().c_str(), trial.truth, trial.estimate, trial.interval.low,
                     trial.interval.high, trial.covered ? "" : " MISSED");
      },
      settings.threads);
  std::ofstream out(settings.out);
  out << page(settings, state);
  return out.good() ? 0 : 1;
}
