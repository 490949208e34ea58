#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "harness/record/comparison.hpp"
#include "harness/record/gate.hpp"
#include "scenarios/model.hpp"

// Whole comparisons and gates of a small pipeline in virtual time: eight stages, one of them behind
// a queue, jobs that arrive at random.
namespace rehearse::rates {

// How the pipeline of one side differs from the other.
struct Change {
  std::string stage;  // scaled by `factor`; empty: every stage
  double factor = 1;
  std::string reseeded;  // this stage draws other luck: code that was touched, though not slower
  std::uint64_t reseed = 0;
};

scenarios::Scenario pipeline(const Change& change, std::uint64_t jobs);

// The runs of one side.
struct SideOfRuns {
  std::deque<record::RunPoint> runs;
  record::ComparisonSide side() const;
};
SideOfRuns run_seeds(const scenarios::Scenario& scenario, std::uint64_t first, std::uint64_t seeds);

struct Tries {
  std::uint64_t tries = 0;
  std::uint64_t hits = 0;
};

// Gates over `seeds` runs of `jobs` jobs a side: how many fail. `factor` scales every stage of the
// candidate; one stage draws other luck either way.
struct GateTrial {
  double factor = 1;
  std::string gate = "delta(p95)<4%";
  std::uint64_t seeds = 20;
  std::uint64_t jobs = 100;
};
Tries failing_gates(const GateTrial& trial, std::uint64_t first, std::uint64_t gates);

// The factor on every stage that makes the p95 `wanted` times as large, queue and all.
double factor_for_p95(double wanted, std::uint64_t jobs);

// How often a stage that is a tenth of the whole, 30% slower, is named with 20 seeds a side.
Tries named_culprits(std::uint64_t first, std::uint64_t trials);

// Standard errors by which 5% on one stage show in a statistic ("p50", …) of 5,000 jobs, one at a
// time, in pairs.
double standard_errors(const std::string& statistic);

}  // namespace rehearse::rates
