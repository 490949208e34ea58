#include <cmath>

#include "reports/documents.hpp"
#include "reports/figures.hpp"

namespace rehearse::reports {
namespace {

using record::ClaimVerdict;
using record::JudgedClaim;
using record::ScenarioAudit;

Tone tone_of_claim(ClaimVerdict verdict) {
  return verdict == ClaimVerdict::Holds   ? Tone::Good
         : verdict == ClaimVerdict::Fails ? Tone::Bad
                                          : Tone::Warn;
}

Text verdict_cell(ClaimVerdict verdict) {
  return {verdict == ClaimVerdict::CannotBeJudged ? "open" : record::claim_verdict_text(verdict),
          tone_of_claim(verdict)};
}

std::string in_claim_unit(double value, const std::string& unit) {
  return unit == "s"     ? seconds(value)
         : unit == "USD" ? usd(value)
         : unit == "%"   ? (std::fabs(value) < 5e-4 ? percent(value) : number(value * 100) + "%")
         : unit.empty()  ? number(value)
         : unit == "/s"  ? number(value) + unit
                         : number(value) + " " + unit;
}

std::string range_cell(const record::ClaimRange& range, const std::string& unit) {
  const std::string low = in_claim_unit(range.low, unit);
  const std::string high = in_claim_unit(range.high, unit);
  return low == high ? low : low + " – " + high;
}

Line counts_line(const ScenarioAudit& audit) {
  return {{audit.scenario, Tone::Strong},
          {" · " + plural(audit.claims.size(), "claim") + ": "},
          {count(audit.count(ClaimVerdict::Holds)) + " hold", Tone::Good},
          {", "},
          {count(audit.count(ClaimVerdict::Fails)) + " fail", Tone::Bad},
          {", "},
          {count(audit.count(ClaimVerdict::CannotBeJudged)) + " cannot be judged", Tone::Warn}};
}

}  // namespace

Table claim_table(const ScenarioAudit& audit) {
  Table out;
  out.title = audit.scenario;
  out.columns = {{"claim", false, 0},  {"claimed", true, 0}, {"found", true, 0},
                 {"report", false, 2}, {"model", false, 1},  {"verdict", false, 0},
                 {"where", false, 3}};
  for (const JudgedClaim& claim : audit.claims) {
    out.rows.push_back({{claim.id, Tone::Strong},
                        {range_cell(claim.claimed, claim.unit)},
                        {claim.found ? in_claim_unit(*claim.found, claim.unit) : "–"},
                        verdict_cell(claim.by_report.verdict),
                        verdict_cell(claim.by_model.verdict),
                        verdict_cell(claim.overall.verdict),
                        {claim.source, Tone::Dim}});
  }
  return out;
}

Paragraph claim_reasons(const ScenarioAudit& audit, ClaimVerdict verdict) {
  Paragraph out;
  for (const JudgedClaim& claim : audit.claims) {
    if (claim.overall.verdict != verdict) {
      continue;
    }
    if (out.lines.empty()) {
      out.lines.push_back(
          {{audit.scenario, Tone::Strong},
           {verdict == ClaimVerdict::Fails ? ", what fails:" : ", what stays open:"}});
    }
    out.lines.push_back({{"  " + claim.id, tone_of_claim(verdict)},
                         {" (" + claim.text + "): " + claim.overall.why}});
  }
  return out;
}

Document audit_document(const record::Audit& audit) {
  Document out;
  out.title = "audit";
  Paragraph head;
  for (const ScenarioAudit& one : audit.scenarios) {
    head.lines.push_back(counts_line(one));
  }
  head.lines.push_back(
      {{"report: its own figures and arithmetic; model: virtual time, " +
            count(audit.scenarios.empty() ? 0 : audit.scenarios.front().jobs) +
            " jobs a point, claims ± 10% against the 90% interval; open: an assumed or stated "
            "input decides",
        Tone::Dim}});
  out.blocks.push_back(std::move(head));
  for (const ScenarioAudit& one : audit.scenarios) {
    for (const ClaimVerdict verdict : {ClaimVerdict::Fails, ClaimVerdict::CannotBeJudged}) {
      Paragraph why = claim_reasons(one, verdict);
      if (!why.lines.empty()) {
        out.blocks.push_back(std::move(why));
      }
    }
    out.blocks.push_back(claim_table(one));
  }
  return out;
}

}  // namespace rehearse::reports
