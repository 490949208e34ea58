#pragma once

#include <cstdint>
#include <string>

#include "harness/json/value.hpp"

// Pipelines of 3 to 30 stages, made at random: graphs, groups, fan-outs, calls, local work, order
// and data flow, with a variant that changes several things at once.
namespace rehearse::test {

struct PipelineOptions {
  std::uint64_t seed = 1;
  std::uint64_t jobs = 100;
  std::uint32_t concurrency = 1;
  bool requests = false;  // some stages quote what others answered
};

// A scenario with the one workload "load" and the variant "changed". The same options give the same
// text on every machine.
json::Value random_pipeline(const PipelineOptions& options);

}  // namespace rehearse::test
