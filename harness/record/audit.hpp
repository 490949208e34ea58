#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The claims of a report, judged: what `rehearse audit` found, for its reports.
namespace rehearse::record {

enum class ClaimVerdict : std::uint8_t { Holds, Fails, CannotBeJudged };

// "holds", "fails", "cannot be judged".
const char* claim_verdict_text(ClaimVerdict verdict);

struct ClaimRange {
  double low = 0;
  double high = 0;
};

// What one way of judging came to, and the reason in a sentence.
struct ClaimOpinion {
  ClaimVerdict verdict = ClaimVerdict::CannotBeJudged;
  std::string why;
};

struct JudgedClaim {
  std::string id;
  std::string source;  // where the report says so
  std::string text;    // "response: saves 4 s-5 s, with parallel_gpt"
  std::string note;
  std::string unit;  // "s", "USD", "%" (figures are shares of 1), "/s", "MB" or ""
  ClaimRange claimed;
  std::optional<double> found;      // by the model
  std::optional<ClaimRange> range;  // 90% interval of it
  ClaimOpinion by_report;           // the report's own figures and arithmetic
  ClaimOpinion by_model;            // virtual time, measured and published inputs
  ClaimOpinion overall;
  std::string flipped_by;  // the input that, moved over its range, turns the verdict
};

struct ScenarioAudit {
  std::string scenario;
  std::string scenario_hash;
  std::uint64_t seed = 1;
  std::uint64_t jobs = 0;  // of a point
  std::vector<JudgedClaim> claims;

  std::uint64_t count(ClaimVerdict verdict) const;
};

struct Audit {
  std::vector<ScenarioAudit> scenarios;
};

}  // namespace rehearse::record
