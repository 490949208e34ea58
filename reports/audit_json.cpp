#include <cmath>

#include "reports/json.hpp"

namespace rehearse::reports {
namespace {

using json::Value;

Value finite(double value) { return std::isfinite(value) ? Value(value) : Value(); }

Value range_json(const record::ClaimRange& range) {
  Value out = Value::array();
  out.push(finite(range.low));
  out.push(finite(range.high));
  return out;
}

const char* verdict_key(record::ClaimVerdict verdict) {
  static constexpr const char* kKeys[] = {"holds", "fails", "cannot_be_judged"};
  return kKeys[static_cast<std::size_t>(verdict)];
}

Value opinion_json(const record::ClaimOpinion& opinion) {
  Value out = Value::object();
  out.set("verdict", verdict_key(opinion.verdict));
  out.set("why", opinion.why);
  return out;
}

Value claim_json(const record::JudgedClaim& claim) {
  Value out = Value::object();
  out.set("id", claim.id);
  out.set("source", claim.source);
  out.set("text", claim.text);
  out.set("note", claim.note);
  out.set("unit", claim.unit);
  out.set("claimed", range_json(claim.claimed));
  out.set("found", claim.found ? finite(*claim.found) : Value());
  out.set("interval", claim.range ? range_json(*claim.range) : Value());
  out.set("by_report", opinion_json(claim.by_report));
  out.set("by_model", opinion_json(claim.by_model));
  out.set("verdict", verdict_key(claim.overall.verdict));
  out.set("why", claim.overall.why);
  out.set("hangs_on", claim.flipped_by.empty() ? Value() : Value(claim.flipped_by));
  return out;
}

}  // namespace

Value audit_json(const record::Audit& audit) {
  Value out = Value::object();
  out.set("schema_version", kJsonVersion);
  Value& scenarios = out.set("scenarios", Value::array());
  for (const record::ScenarioAudit& one : audit.scenarios) {
    Value row = Value::object();
    row.set("scenario", one.scenario);
    row.set("seed", static_cast<std::int64_t>(one.seed));
    row.set("jobs_a_point", static_cast<std::int64_t>(one.jobs));
    Value& counts = row.set("counts", Value::object());
    for (const auto verdict : {record::ClaimVerdict::Holds, record::ClaimVerdict::Fails,
                               record::ClaimVerdict::CannotBeJudged}) {
      counts.set(verdict_key(verdict), static_cast<std::int64_t>(one.count(verdict)));
    }
    Value& claims = row.set("claims", Value::array());
    for (const record::JudgedClaim& claim : one.claims) {
      claims.push(claim_json(claim));
    }
    scenarios.push(std::move(row));
  }
  return out;
}

}  // namespace rehearse::reports
