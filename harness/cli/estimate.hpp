#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/cli/run_point.hpp"

namespace rehearse::cli {

// What a run will come to, found by playing it in virtual time first.
struct Estimate {
  std::uint64_t jobs = 0;
  std::uint64_t calls = 0;
  Duration length;
  Money cost;

  std::string text() const;  // "5 jobs, 25 calls, about 6 m 22 s and 0.45 USD"
};

Result<Estimate> estimate(const scenarios::Scenario& scenario, const RunSetup& setup);

// Whether runs of these scenarios may go on: what spends real money needs --max-cost or --yes. The
// error holds the estimate of all of them.
Status allow_spending(const std::vector<const scenarios::Scenario*>& runs, const RunSetup& setup,
                      bool yes);

}  // namespace rehearse::cli
