#pragma once

#include <cstdint>

#include "harness/base/result.hpp"
#include "harness/record/audit.hpp"
#include "harness/study/player.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

struct AuditOptions {
  std::uint64_t jobs = 10'000;     // of a point
  std::uint64_t moved_jobs = 300;  // of a point whose inputs are moved
  std::uint64_t seed = 1;
};

// Judges every claim of a scenario, never from a stored verdict: by the report (its own figures and
// arithmetic) and by the model (virtual time). A verdict that turns when a stated or assumed input
// is moved over its range, or `vary` between 0 and 1, becomes "cannot be judged" and names it.
Result<record::ScenarioAudit> audit(const scenarios::ScenarioFile& file, const Player& player,
                                    const AuditOptions& options);

}  // namespace rehearse::study
