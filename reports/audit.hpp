#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/document.hpp"

namespace rehearse::reports {

// A claim of a performance report, judged. Texts are as people read them ("4 s to 5 s").
struct JudgedClaim {
  std::string id;
  std::string source;     // which report, which line
  std::string claimed;    // what it says
  std::string found;      // what was found, by the model
  std::string interval;   // of what was found, 90%
  std::string by_report;  // the verdict on the report's own numbers
  std::string by_model;   // the verdict on measured and published inputs
  std::string verdict;    // "holds", "fails" or "cannot be judged"
  std::string why;
  // The same as numbers of one unit, for the drawing; absent where there are none.
  std::optional<double> claimed_low, claimed_high, found_low, found_high;
};
struct AuditedScenario {
  std::string scenario;
  std::vector<JudgedClaim> claims;
};
struct Audit {
  std::vector<AuditedScenario> scenarios;
};

// The claims of one scenario as a table, the ones that fail first.
Table claim_table(const AuditedScenario& audited);

}  // namespace rehearse::reports
