#include <algorithm>

#include "harness/record/objective.hpp"
#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

using record::GateOutcome;
using record::GateReport;
using record::GateRow;

Tone tone_of_row(const GateRow& row) {
  if (row.outcome == GateOutcome::Pass) {
    return Tone::Good;
  }
  return row.outcome == GateOutcome::Fail && row.level == "fail" ? Tone::Bad : Tone::Warn;
}

KeyFigure figure_of(const GateRow& row) {
  const auto shown = [&](const std::optional<double>& value) {
    return value ? in_unit(*value, row.unit) : std::string("–");
  };
  KeyFigure out;
  out.label = row.text;
  out.tone = tone_of_row(row);
  const bool aim = row.level == "aim" && row.outcome == GateOutcome::Fail;
  const std::string outcome(aim ? "not reached" : record::gate_outcome_name(row.outcome));
  if (row.delta) {
    out.value = row.change.change ? change(*row.change.change) : "–";
    out.detail = shown(row.change.before) + " → " + shown(row.value) + ", " + outcome;
  } else {
    out.value = shown(row.value);
    out.detail = outcome + (row.level == "fail" ? "" : " (" + row.level + ")");
  }
  return out;
}

// The changes that decide, with their intervals.
std::optional<Chart> outcome_chart(const GateReport& gate, const Table& table) {
  json::Value data = json::Value::object();
  data.set("kind", "changes");
  data.set("outcomes", true);
  json::Value& rows = data.set("rows", json::Value::array());
  for (const GateRow& row : gate.rows) {
    if (!row.delta || !row.change.change) {
      continue;
    }
    json::Value& cells = rows.push(json::Value::array());
    cells.push(row.text);
    push_numbers(cells, {row.change.change, row.change.low, row.change.high});
    cells.push(std::string(record::gate_outcome_name(row.outcome)));
    const Result<record::Objective> read = record::parse_objective(row.text);
    const bool ratio = read && read->unit == record::ValueUnit::Ratio;
    push_numbers(cells, {ratio ? std::optional<double>(read->value) : std::nullopt});
  }
  if (rows.items().empty()) {
    return std::nullopt;
  }
  Chart out;
  out.title = "Changes against the baseline";
  out.caption =
      "Point: the change. Bar: its 95% interval. Upright: what the gate allows. Left of zero is "
      "faster or cheaper.";
  out.table = table;
  out.table_open = true;
  out.plots.push_back({"Changes of each gated figure with their intervals", std::move(data)});
  return out;
}

std::string gate_headline(const GateReport& gate) {
  const std::string by = gate_decided_by(gate);
  const auto held = std::count_if(gate.rows.begin(), gate.rows.end(), [](const GateRow& row) {
    return row.outcome == GateOutcome::Pass;
  });
  return by.empty()
             ? std::to_string(held) + " of " + plural(gate.rows.size(), "objective") + " hold."
             : by + ".";
}

}  // namespace

Page gate_page(const GateReport& gate, bool passes) {
  const Document document = gate_document(gate, passes);
  Page out = document_page(document);
  out.kicker = "rehearse · gate";
  out.title = gate.candidate.header.scenario;
  out.headline = gate_headline(gate);
  for (const GateRow& row : gate.rows) {
    if (out.figures.size() < 6) {
      out.figures.push_back(figure_of(row));
    }
  }
  // What to do now stands at the top, not below the tables.
  out.subtitle =
      without_title({{std::get<Paragraph>(document.blocks.front()).lines.front()}}, out.title);
  out.more.lines.clear();
  if (gate.outcome == GateOutcome::Inconclusive) {
    out.more.lines.push_back({{passes ? "The policy lets this pass: nothing was proven."
                                      : "The policy does not let this pass.",
                               Tone::Warn}});
  }
  for (const std::string& next : gate.next) {
    out.more.lines.push_back({{"next: ", Tone::Strong}, {next}});
  }
  for (const std::string& label : gate.labels) {
    out.more.lines.push_back({{"note: ", Tone::Warn}, {label}});
  }
  out.more.lines.push_back({{sentence(gate_tally(gate)), Tone::Dim}});
  out.sections.clear();
  Section rows{"objectives", "What was gated", {}};
  for (const Block& block : document.blocks) {
    if (const auto* table = std::get_if<Table>(&block)) {
      auto chart = outcome_chart(gate, *table);
      chart ? rows.blocks.emplace_back(std::move(*chart)) : rows.blocks.emplace_back(*table);
    }
  }
  rows.blocks.emplace_back(
      Paragraph{{{{"compared by " + gate.pairing + ": " + gate.pairing_why, Tone::Dim}}}});
  out.sections.push_back(std::move(rows));
  std::vector<ChartLimit> limits;
  for (const GateRow& row : gate.rows) {
    limits.push_back({row.text, tone_of_row(row)});
  }
  if (gate.comparison) {
    for (Section& section : comparison_page(*gate.comparison, limits).sections) {
      out.sections.push_back(std::move(section));
    }
    return out;
  }
  const ChartSide sides[] = {{"baseline", "before", &gate.baseline},
                             {"candidate", "after", &gate.candidate}};
  if (auto chart = distribution_chart(sides, limits)) {
    out.sections.push_back({"distribution", "Response times", {std::move(*chart)}});
  }
  return out;
}

}  // namespace rehearse::reports
