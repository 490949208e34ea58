#pragma once

#include <string>
#include <vector>

#include "harness/record/comparison.hpp"

// How two runs are laid side by side. Private to this layer.
namespace rehearse::record {

enum class Pairing { Jobs, Batches, Unpaired };

struct PairingChoice {
  Pairing pairing = Pairing::Unpaired;
  bool independent = false;  // the values of one side are independent of each other
  std::string why;
};
PairingChoice choose_pairing(const RunHeader& before, const RunHeader& after);

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
