#include "harness/record/audit.hpp"

#include <algorithm>

namespace rehearse::record {

const char* claim_verdict_text(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::Holds:
      return "holds";
    case ClaimVerdict::Fails:
      return "fails";
    case ClaimVerdict::CannotBeJudged:
      break;
  }
  return "cannot be judged";
}

std::uint64_t ScenarioAudit::count(ClaimVerdict verdict) const {
  return static_cast<std::uint64_t>(
      std::count_if(claims.begin(), claims.end(),
                    [&](const JudgedClaim& claim) { return claim.overall.verdict == verdict; }));
}

}  // namespace rehearse::record
