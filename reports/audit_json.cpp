#include "reports/json.hpp"

namespace rehearse::reports {
namespace {

using json::Value;

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
  out.set("claimed", interval_json(claim.claimed.low, claim.claimed.high));
  out.set("found", claim.found ? finite_json(*claim.found) : Value());
  out.set("interval", claim.range ? interval_json(claim.range->low, claim.range->high) : Value());
  out.set("by_report", opinion_json(claim.by_report));
  out.set("by_model", opinion_json(claim.by_model));
  out.set("verdict", verdict_key(claim.overall.verdict));
  out.set("why", claim.overall.why);
  out.set("hangs_on", text_or_null(claim.flipped_by));
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
    row.set("claims", list_json(one.claims, claim_json));
    scenarios.push(std::move(row));
  }
  return out;
}

}  // namespace rehearse::reports
