#include <algorithm>

#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/json.hpp"

namespace rehearse::reports {
namespace {

using record::GateOutcome;
using record::GateReport;
using record::GateRow;

Tone tone_of_outcome(GateOutcome outcome) {
  return outcome == GateOutcome::Pass   ? Tone::Good
         : outcome == GateOutcome::Fail ? Tone::Bad
                                        : Tone::Warn;
}

std::string value_text(const std::optional<double>& value, const std::string& unit) {
  return value ? in_unit(*value, unit) : "–";
}

// What was found of an objective: "delta(p95)<10%: +23.4% (+19.8% … +27.1%)", or why nothing was.
std::string finding(const GateRow& row) {
  const bool bounded = row.change.low && row.change.high;
  if (row.outcome == GateOutcome::Inconclusive && !bounded && !row.why.empty()) {
    return row.text + " cannot be told: " + row.why;
  }
  if (!row.delta || !row.change.change) {
    return row.text + ": " + value_text(row.value, row.unit);
  }
  const std::string interval = interval_text(row.change);
  return row.text + ": " + change(*row.change.change) +
         (interval.empty() || interval == "–" ? "" : " (" + interval + ")");
}

Paragraph decision(const GateReport& gate, bool passes) {
  Paragraph out;
  const record::RunHeader& header = gate.candidate.header;
  out.lines.push_back({{header.scenario, Tone::Strong},
                       {": gate of " + side_text(gate.candidate) + " against " +
                        side_text(gate.baseline) + " · workload " + header.workload}});
  const std::string tally = gate_tally(gate);
  if (gate.outcome == GateOutcome::Pass) {
    out.lines.push_back({{"PASS", Tone::Good}, {"  " + tally}});
    return out;
  }
  const bool failed = gate.outcome == GateOutcome::Fail;
  const std::string by = gate_decided_by(gate);
  out.lines.push_back({{failed ? "FAIL" : "INCONCLUSIVE", tone_of_outcome(gate.outcome)},
                       {"  " + (by.empty() ? tally : by)}});
  if (!by.empty()) {
    out.lines.push_back({{tally, Tone::Dim}});
  }
  if (!failed) {
    out.lines.push_back(
        {{passes ? "the policy lets this pass: nothing was proven, neither that it got worse nor "
                   "that it did not (--on-inconclusive fail is strict)"
                 : "the policy does not let this pass",
          Tone::Warn}});
  }
  return out;
}

Table rows_table(const GateReport& gate) {
  Table table;
  table.title = "Objectives";
  table.columns = {{"objective", false, 0}, {"level", false, 3}, {"baseline", true, 4},
                   {"candidate", true, 0},  {"change", true, 0}, {"95% interval", true, 5},
                   {"outcome", false, 0}};
  for (const GateRow& row : gate.rows) {
    const bool aim = row.level == "aim";
    const std::string outcome = aim && row.outcome == GateOutcome::Fail
                                    ? "not reached"
                                    : std::string(record::gate_outcome_name(row.outcome));
    const Tone tone = aim || row.level == "warn"
                          ? (row.outcome == GateOutcome::Pass ? Tone::Good : Tone::Warn)
                          : tone_of_outcome(row.outcome);
    table.rows.push_back({{row.text},
                          {row.level},
                          {row.delta ? value_text(row.change.before, row.unit) : "–"},
                          {value_text(row.value, row.unit)},
                          {row.change.change ? change(*row.change.change) : "–"},
                          {row.delta ? interval_text(row.change) : "–"},
                          {outcome, tone}});
    if (row.outcome == GateOutcome::Inconclusive && !row.why.empty()) {
      table.notes.push_back({{row.text + ": " + row.why, Tone::Dim}});
    }
  }
  return table;
}

}  // namespace

std::string gate_decided_by(const GateReport& gate) {
  constexpr std::size_t kMost = 3;
  if (gate.outcome == GateOutcome::Pass) {
    return "";
  }
  if (gate.candidate.done == 0 && gate.candidate.failed + gate.candidate.timed_out > 0) {
    return "no job of the candidate was done";
  }
  std::vector<std::string> found;
  for (const GateRow& row : gate.rows) {
    if (row.level == "fail" && row.outcome == gate.outcome) {
      found.push_back(finding(row));
    }
  }
  if (found.size() > kMost) {
    const std::size_t more = found.size() - kMost;
    found.resize(kMost);
    found.push_back("and " + std::to_string(more) + " more");
  }
  return joined(found, "; ");
}

std::string gate_tally(const GateReport& gate) {
  const auto count_of = [&](GateOutcome outcome) {
    return std::to_string(std::count_if(
        gate.rows.begin(), gate.rows.end(),
        [&](const GateRow& row) { return row.level == "fail" && row.outcome == outcome; }));
  };
  return count_of(GateOutcome::Pass) + " pass, " + count_of(GateOutcome::Fail) + " fail, " +
         count_of(GateOutcome::Inconclusive) + " inconclusive";
}

Document gate_document(const GateReport& gate, bool passes) {
  Document out;
  out.title = gate.candidate.header.scenario + ": gate";
  out.blocks.push_back(decision(gate, passes));
  out.blocks.push_back(rows_table(gate));
  Paragraph end;
  for (const std::string& next : gate.next) {
    end.lines.push_back({{"next: ", Tone::Strong}, {next}});
  }
  end.lines.push_back({{"compared by " + gate.pairing + ": " + gate.pairing_why, Tone::Dim}});
  for (const std::string& label : gate.labels) {
    end.lines.push_back({{"note: ", Tone::Warn}, {label}});
  }
  out.blocks.push_back(std::move(end));
  return out;
}

json::Value gate_json(const GateReport& gate) {
  using json::Value;
  Value out = Value::object();
  out.set("schema_version", kJsonVersion);
  out.set("scenario", gate.candidate.header.scenario);
  out.set("outcome", record::gate_outcome_name(gate.outcome));
  out.set("pairing", gate.pairing);
  out.set("pairing_why", gate.pairing_why);
  out.set("labels", texts_json(gate.labels));
  out.set("next", texts_json(gate.next));
  Value& rows = out.set("objectives", Value::array());
  for (const GateRow& row : gate.rows) {
    Value& each = rows.push(Value::object());
    each.set("text", row.text);
    each.set("level", row.level);
    each.set("unit", row.unit);
    each.set("value", tidy(row.value));
    each.set("outcome", record::gate_outcome_name(row.outcome));
    each.set("why", row.why);
    each.set("change", row.delta ? change_json(row.change) : Value());
  }
  out.set("comparison", gate.comparison ? comparison_json(*gate.comparison) : Value());
  out.set("baseline", run_json(gate.baseline));
  out.set("candidate", run_json(gate.candidate));
  return out;
}

}  // namespace rehearse::reports
