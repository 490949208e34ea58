#include "tests/rates/power_lines.hpp"

#include <algorithm>

#include "tests/rates/cell.hpp"
#include "tests/rates/until_decided.hpp"

namespace rehearse::rates {
namespace {

using Run = std::function<Tries(std::uint64_t, std::uint64_t)>;

constexpr Process kTypical{Law::Lognormal, 0.4};

// How often the typical ratio of a cell gets a verdict.
Run verdicts_of(const Cell& cell, std::uint64_t Outcome::* count) {
  return [=](std::uint64_t first, std::uint64_t n) {
    for (const Outcome& o : run_cell(cell, n, first + 1)) {
      if (o.statistic == "location") {
        return Tries{o.pairs, o.*count};
      }
    }
    return Tries{};
  };
}

Run gates(bool changed) {
  return [=](std::uint64_t first, std::uint64_t n) {
    GateTrial trial;
    if (changed) {
      static const double factor = factor_for_p95(1.05, GateTrial{}.jobs);
      trial.factor = factor;
    }
    return failing_gates(trial, first, n);
  };
}

Run until(const UntilDecided& trial) {
  return [=](std::uint64_t first, std::uint64_t n) { return decided_until(trial, first, n); };
}

Run more_needed(const Cell& cell) {
  return [=](std::uint64_t first, std::uint64_t n) {
    const MoreNeeded found = try_more(cell, n, first + 1);
    return Tries{found.inconclusive, found.decided};
  };
}

}  // namespace

std::vector<PowerLine> power_lines(std::uint64_t pairs) {
  const auto some = [&](std::uint64_t part) { return std::max<std::uint64_t>(1, pairs / part); };
  const Cell larger{kTypical, 20, record::Pairing::Jobs, 0.9, 1.2, 0.1};
  const Cell unchanged{kTypical, 20, record::Pairing::Jobs, 0.98, 1, 0.1};
  const Cell slightly{kTypical, 20, record::Pairing::Jobs, 0.9, 1.04, 0.1};
  return {
      {"gates that fail where nothing changed (`delta(p95)<4%`)", "at most 1%", pairs, 100,
       gates(false)},
      {"gates that fail where p95 grew by 5% (`delta(p95)<4%`)", "at least 95%", pairs, 100,
       gates(true)},
      {"20 pairs at correlation .9 find +20%", "at least 98%", pairs, pairs,
       verdicts_of(larger, &Outcome::regressed)},
      {"20 pairs at correlation .98 without a change are the same", "at least 99%", pairs, pairs,
       verdicts_of(unchanged, &Outcome::same)},
      {"\"N more jobs would decide\" does (20 pairs, correlation .9, +4%)", "at least 80%", pairs,
       pairs, more_needed(slightly)},
      {"a stage that is a tenth of the whole, 30% slower, is named (20 runs of 100 jobs a side)",
       "at least 95%", some(10), 50, named_culprits},
      {"`compare --until-decided` finds a change where there is none, jobs behind a queue",
       "at most 5%", some(4), 50, until({.shared = true, .factor = 1})},
      {"`compare --until-decided` finds a change where there is none, jobs that share nothing",
       "at most 5%", some(4), 50, until({.shared = false, .factor = 1})},
      {"`compare --until-decided` finds a quarter of the time 20% slower", "at least 95%", some(20),
       50, until({.shared = true, .factor = 1.2})},
  };
}

}  // namespace rehearse::rates
