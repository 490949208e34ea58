#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/result.hpp"

// What-if on a pipeline that nobody has seen: a random graph, changed by a variant, predicted in
// virtual time and then played over HTTP against the mocks.
namespace rehearse::rates {

struct TrialOptions {
  std::uint64_t seed = 1;  // of the pipeline and of its luck
  std::uint64_t jobs = 100;
  std::uint32_t concurrency = 10;
  double speed = 5;
  double wire_s = 0;  // what a call over HTTP takes longer, wall time: the model's round trip
  // Further plays of the model, each with its own luck: from them the 90% interval.
  std::uint64_t plays = 59;
};

inline constexpr std::array<double, 3> kQuantiles{0.5, 0.95, 0.99};

struct PipelineTrial {
  std::uint64_t seed = 0;
  std::size_t stages = 0;
  double calls = 0;                  // a job
  std::array<double, 3> seen_s{};    // over HTTP
  std::array<double, 3> paired{};    // predicted / seen - 1, with the same luck
  std::array<double, 3> unpaired{};  // the same of the median of the further plays
  std::array<bool, 3> covered{};     // what was seen lies in the stated interval
};

// Errors: what is wrong with the pipeline, which would be the generator's fault.
Result<PipelineTrial> try_pipeline(const TrialOptions& options);

// The same with one more virtual play in the place of HTTP: whether the intervals cover what they
// say, without a wire. `paired` is 0.
Result<PipelineTrial> try_intervals(const TrialOptions& options);

// What one call over HTTP takes longer than in virtual time on this machine now, wall seconds: the
// median of 100 calls.
Result<double> measure_wire(double speed);

}  // namespace rehearse::rates
