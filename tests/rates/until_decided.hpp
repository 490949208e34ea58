#pragma once

#include <cstdint>

#include "tests/rates/virtual_trial.hpp"

// Whole `compare SCENARIO --until-decided` as the command runs them: growing numbers of seeds, a
// run file, a look at each size, the stop.
namespace rehearse::rates {

struct UntilDecided {
  bool shared = true;  // jobs share a queue, so whole runs are samples; else each job is one
  double factor = 1;   // of one stage after; 1: it only draws other luck
};
// How many of `commands` say that response, cost or errors changed, at a tolerance of zero, which
// is the strictest: none is ever "same", so all six looks are taken unless an alarm ends them.
// With a factor: how many say that it became slower.
Tries decided_until(const UntilDecided& trial, std::uint64_t first, std::uint64_t commands);

}  // namespace rehearse::rates
