#include <cmath>

#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

using record::Audit;
using record::ClaimVerdict;
using record::JudgedClaim;
using record::ScenarioAudit;

std::uint64_t with_verdict(const Audit& audit, ClaimVerdict verdict) {
  std::uint64_t n = 0;
  for (const ScenarioAudit& each : audit.scenarios) {
    n += each.count(verdict);
  }
  return n;
}

// Each claim's found interval as shares of what was claimed.
std::optional<Chart> claim_chart(const ScenarioAudit& audited) {
  json::Value data = json::Value::object();
  data.set("kind", "claims");
  json::Value& rows = data.set("rows", json::Value::array());
  for (const JudgedClaim& claim : audited.claims) {
    const double middle = (claim.claimed.low + claim.claimed.high) / 2;
    if (!claim.range || !(std::fabs(middle) > 0)) {
      continue;
    }
    json::Value row = json::Value::array();
    row.push(claim.id);
    push_numbers(row, {claim.claimed.low / middle, claim.claimed.high / middle,
                       claim.range->low / middle, claim.range->high / middle});
    row.push(record::claim_verdict_text(claim.overall.verdict));
    rows.push(std::move(row));
  }
  if (rows.items().empty()) {
    return std::nullopt;
  }
  Chart out;
  out.title = "Found against claimed";
  out.caption =
      "Wide bar: what was claimed, its middle at 100%. Narrow bar: the 90% interval of what was "
      "found. What lies past the edges is drawn at them.";
  out.table = claim_table(audited);
  out.table.title = "All claims of " + audited.scenario;
  out.table_open = true;
  out.plots.push_back(
      {"What was found of each claim of " + audited.scenario + ", as shares of what was claimed",
       std::move(data)});
  return out;
}

// What has that verdict, and why: a row a claim.
Table reasons_table(const ScenarioAudit& audited, ClaimVerdict verdict) {
  Table out;
  out.title = verdict == ClaimVerdict::Fails ? "What fails, and why" : "What stays open, and why";
  out.columns = {{"claim", false, 0}, {"it says", false, 0}, {"why", false, 0}};
  for (const JudgedClaim& claim : audited.claims) {
    if (claim.overall.verdict == verdict) {
      out.rows.push_back({{claim.id, verdict == ClaimVerdict::Fails ? Tone::Bad : Tone::Warn},
                          {claim.text},
                          {claim.overall.why}});
    }
  }
  return out;
}

Section section_of(const ScenarioAudit& audited, std::size_t number) {
  Section out{"claims-" + std::to_string(number), audited.scenario, {}};
  for (const ClaimVerdict verdict : {ClaimVerdict::Fails, ClaimVerdict::CannotBeJudged}) {
    Table why = reasons_table(audited, verdict);
    if (!why.rows.empty()) {
      out.blocks.push_back(std::move(why));
    }
  }
  if (auto chart = claim_chart(audited)) {
    out.blocks.push_back(std::move(*chart));
  } else {
    out.blocks.push_back(claim_table(audited));
  }
  return out;
}

}  // namespace

Page audit_page(const Audit& audit) {
  Page out;
  out.kicker = "rehearse · audit of claims";
  out.title = audit.scenarios.size() == 1 ? audit.scenarios.front().scenario : "Claims, judged";
  const std::uint64_t fails = with_verdict(audit, ClaimVerdict::Fails);
  const std::uint64_t holds = with_verdict(audit, ClaimVerdict::Holds);
  std::uint64_t all = 0;
  for (const ScenarioAudit& each : audit.scenarios) {
    all += each.claims.size();
    out.sections.push_back(section_of(each, out.sections.size() + 1));
  }
  out.verdict = fails > 0      ? Text{std::to_string(fails) + " FAIL", Tone::Bad}
                : holds == all ? Text{"ALL HOLD", Tone::Good}
                               : Text{"NONE FAILS", Tone::Warn};
  out.headline = std::to_string(holds) + " of " + plural(all, "claim") + " hold, " +
                 std::to_string(fails) + " fail, " + std::to_string(all - holds - fails) +
                 " cannot be judged.";
  if (audit.scenarios.size() > 1) {
    for (const ScenarioAudit& each : audit.scenarios) {
      out.figures.push_back({each.scenario,
                             std::to_string(each.count(ClaimVerdict::Fails)) + " fail",
                             "of " + plural(each.claims.size(), "claim"),
                             each.count(ClaimVerdict::Fails) > 0 ? Tone::Bad : Tone::Good});
    }
  }
  const Document words = audit_document(audit);
  const auto& head = std::get<Paragraph>(words.blocks.front());
  out.more.lines.push_back(head.lines.back());
  return out;
}

}  // namespace rehearse::reports
