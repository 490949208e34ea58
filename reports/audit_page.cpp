#include <algorithm>
#include <cmath>

#include "reports/charts.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

Tone tone_of_claim(const std::string& verdict) {
  return verdict == "holds" ? Tone::Good : verdict == "fails" ? Tone::Bad : Tone::Warn;
}

std::size_t with_verdict(const Audit& audit, const std::string& verdict) {
  std::size_t n = 0;
  for (const AuditedScenario& each : audit.scenarios) {
    n += static_cast<std::size_t>(
        std::count_if(each.claims.begin(), each.claims.end(),
                      [&](const JudgedClaim& claim) { return claim.verdict == verdict; }));
  }
  return n;
}

// Each claim's found interval as shares of what was claimed.
std::optional<Chart> claim_chart(const AuditedScenario& audited) {
  json::Value data = json::Value::object();
  data.set("kind", "claims");
  json::Value& rows = data.set("rows", json::Value::array());
  for (const JudgedClaim& claim : audited.claims) {
    if (!claim.claimed_low || !claim.claimed_high || !claim.found_low || !claim.found_high) {
      continue;
    }
    const double middle = (*claim.claimed_low + *claim.claimed_high) / 2;
    if (std::fabs(middle) > 0) {
      json::Value row = json::Value::array();
      row.push(claim.id);
      const json::Value values = numbers({*claim.claimed_low / middle, *claim.claimed_high / middle,
                                          *claim.found_low / middle, *claim.found_high / middle});
      for (const json::Value& value : values.items()) {
        row.push(value);
      }
      row.push(claim.verdict);
      rows.push(std::move(row));
    }
  }
  if (rows.items().empty()) {
    return std::nullopt;
  }
  Chart out;
  out.title = audited.scenario;
  out.caption = "Wide bar: what was claimed. Narrow bar: the 90% interval of what was found.";
  out.table = claim_table(audited);
  out.plots.push_back(
      {"What was found of each claim of " + audited.scenario + ", as shares of what was claimed",
       std::move(data)});
  return out;
}

}  // namespace

Table claim_table(const AuditedScenario& audited) {
  Table out;
  out.title = "Claims of " + audited.scenario;
  out.columns = {{"claim", false, 0},       {"claimed", true, 0},        {"found", true, 0},
                 {"90% interval", true, 2}, {"by the report", false, 3}, {"by the model", false, 3},
                 {"verdict", false, 0},     {"source", false, 4}};
  std::vector<const JudgedClaim*> order;
  for (const JudgedClaim& claim : audited.claims) {
    order.push_back(&claim);
  }
  const auto rank = [](const JudgedClaim* claim) {
    return claim->verdict == "fails" ? 0 : claim->verdict == "holds" ? 2 : 1;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
  for (const JudgedClaim* claim : order) {
    out.rows.push_back({{claim->id},
                        {claim->claimed},
                        {claim->found},
                        {claim->interval},
                        {claim->by_report, tone_of_claim(claim->by_report)},
                        {claim->by_model, tone_of_claim(claim->by_model)},
                        {claim->verdict, tone_of_claim(claim->verdict)},
                        {claim->source}});
    if (!claim->why.empty()) {
      out.notes.push_back({{claim->id + ": ", Tone::Dim}, {claim->why, Tone::Dim}});
    }
  }
  return out;
}

Page audit_page(const Audit& audit) {
  Page out;
  out.kicker = "rehearse · audit of claims";
  out.title = "Claims, judged";
  const std::size_t fails = with_verdict(audit, "fails");
  const std::size_t holds = with_verdict(audit, "holds");
  std::size_t all = 0;
  std::size_t number = 0;
  for (const AuditedScenario& each : audit.scenarios) {
    all += each.claims.size();
    Section section{"claims-" + std::to_string(++number), each.scenario, {}};
    if (auto chart = claim_chart(each)) {
      section.blocks.push_back(std::move(*chart));
    } else {
      section.blocks.push_back(claim_table(each));
    }
    out.sections.push_back(std::move(section));
  }
  out.verdict = fails > 0      ? Text{std::to_string(fails) + " FAIL", Tone::Bad}
                : holds == all ? Text{"ALL HOLD", Tone::Good}
                               : Text{"NONE FAILS", Tone::Warn};
  out.headline = std::to_string(holds) + " of " + plural(all, "claim") + " hold, " +
                 std::to_string(fails) + " fail, " + std::to_string(all - holds - fails) +
                 " cannot be judged.";
  return out;
}

}  // namespace rehearse::reports
