#pragma once

#include <string>
#include <vector>

#include "harness/record/comparison.hpp"

// How two runs are laid side by side. Private to this layer.
namespace rehearse::record {

// Seeds: whole runs in pairs; Runs: whole runs, each with its own luck.
enum class Pairing { Jobs, Batches, Unpaired, Seeds, Runs };
const char* pairing_name(Pairing pairing);  // "jobs", …
// Where jobs are paired and one run did under half as many as the other: what the verdict leaves
// out; else empty.
std::string lone_jobs(Pairing pairing, std::uint64_t done_before, std::uint64_t done_after);
inline bool of_whole_runs(Pairing pairing) {
  return pairing == Pairing::Seeds || pairing == Pairing::Runs;
}

struct PairingChoice {
  Pairing pairing = Pairing::Unpaired;
  bool independent = false;  // the values of one side are independent of each other
  std::string why;
};
// Whole runs where jobs share something and both sides hold at least two of them.
PairingChoice choose_pairing(const ComparisonSide& before, const ComparisonSide& after);

// Whether each job is a sample of its own: nothing is shared, and no rate limit refused a call (one
// that refuses nobody ties nobody together).
bool shares_nothing(const RunPoint& point);

// Real providers draw their own luck, simulated ones draw it from the seed.
bool draws_its_luck(const RunHeader& header);

// The values of one metric on both sides, in the order of job ids; where paired, of the jobs that
// were done on both.
struct Samples {
  std::vector<double> before;
  std::vector<double> after;
};

// What of a side is compared of each done job.
struct SideValue {
  std::uint64_t job = 0;
  double value = 0;
};
Samples lay_side_by_side(const std::vector<SideValue>& before, const std::vector<SideValue>& after,
                         Pairing pairing);

}  // namespace rehearse::record
