#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/record/summary.hpp"
#include "harness/stats/scalability.hpp"

namespace rehearse::record {

// How throughput scales along an axis of load, all other axes held.
struct ScalabilityRow {
  std::string axis;    // "concurrency", "users"
  std::string others;  // "chat_model=gpt-4o"; empty where there are none
  std::vector<double> n;
  stats::Scalability fit;
};

// What only the points of a grid together tell.
struct SweepFacts {
  // By point: no other is at most as dear, as slow and as often lost, and better in one of them.
  std::vector<bool> on_front;
  bool by_p95 = true;  // slow by the p95; else by the mean, which every point carries
  std::vector<ScalabilityRow> scalability;
};
SweepFacts sweep_facts(std::span<const RunSummary> points);

}  // namespace rehearse::record
