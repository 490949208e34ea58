#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/parallel.hpp"
#include "tests/rates/known_knee.hpp"

// How often the interval of `rehearse plan` holds the true knee: knee_rates [TRIALS a family]
// [FIRST] [FAMILY].

using namespace rehearse;
using namespace rehearse::test;

namespace {

std::vector<KneeTrial> run(unsigned family, std::uint64_t first, std::uint64_t trials) {
  std::vector<KneeTrial> out(trials);
  for_each_parallel(trials, [&](std::size_t i) {
    const std::uint64_t n = first + i;
    out[i] = try_knee(known_system(family, n), 1 + n);
  });
  return out;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

// Every trial, for whoever wants to know why: knee_rates 20 0 3 verbose.
void print_each(const std::vector<KneeTrial>& trials) {
  for (const KneeTrial& trial : trials) {
    fmt::print("true {:.5g} found {:.5g} [{:.5g}, {:.5g}] {} probes {} jobs{}{}\n", trial.truth,
               trial.estimate, trial.interval.low, trial.interval.high, trial.probes, trial.jobs,
               trial.covered ? "" : " MISSED", trial.found ? "" : " NOT FOUND");
  }
}

void print(const std::string& name, const std::vector<KneeTrial>& trials) {
  std::vector<double> off;
  std::vector<double> width;
  std::size_t covered = 0;
  std::size_t above = 0;
  unsigned probes = 0;
  double signed_off = 0;
  for (const KneeTrial& trial : trials) {
    covered += trial.covered ? 1U : 0U;
    above += trial.interval.low > trial.truth ? 1U : 0U;
    probes = std::max(probes, trial.probes);
    off.push_back(std::abs(trial.estimate / trial.truth - 1));
    signed_off += (trial.estimate / trial.truth - 1) / static_cast<double>(trials.size());
    width.push_back(trial.interval.half_width() / trial.truth);
  }
  const auto n = static_cast<double>(trials.size());
  fmt::print("| {} | {} | {:.1f}% | {:.1f}% | {:.2f}% | {:+.2f}% | ± {:.2f}% | {} |\n", name,
             trials.size(), 100 * static_cast<double>(covered) / n,
             100 * static_cast<double>(above) / n, 100 * median(off), 100 * signed_off,
             100 * median(width), probes);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t trials = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100;
  const std::uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const int only = argc > 3 ? std::atoi(argv[3]) : -1;
  fmt::print(
      "| system | trials | true knee inside | interval above it | median error | mean error "
      "| median interval | most probes |\n|---|--:|--:|--:|--:|--:|--:|--:|\n");
  std::vector<KneeTrial> all;
  for (unsigned family = 0; family < kFamilies; ++family) {
    if (only >= 0 && family != static_cast<unsigned>(only)) {
      continue;
    }
    const std::vector<KneeTrial> found = run(family, first, trials);
    if (argc > 4) {
      print_each(found);
    }
    print(family_name(family), found);
    all.insert(all.end(), found.begin(), found.end());
  }
  print("all", all);
  return 0;
}
