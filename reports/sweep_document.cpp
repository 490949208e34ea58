#include <string>

#include "harness/base/check.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/sweep_axes.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

Text objectives_cell(const RunSummary& point) {
  std::size_t met = 0;
  std::size_t judged = 0;
  for (const record::ObjectiveSummary& objective : point.objectives) {
    judged += objective.met ? 1u : 0u;
    met += objective.met.value_or(false) ? 1u : 0u;
  }
  if (point.objectives.empty()) {
    return {""};
  }
  const std::size_t open = point.objectives.size() - judged;
  return {std::to_string(met) + " of " + std::to_string(judged) +
              (open > 0 ? " (" + std::to_string(open) + " open)" : ""),
          met == judged && judged > 0 ? Tone::Good : Tone::Warn};
}

}  // namespace

Document sweep_document(std::span<const RunSummary> points) {
  REHEARSE_CHECK(!points.empty());
  const RunSummary& first = points.front();
  Document out;
  out.title = first.header.scenario + ": sweep";
  Paragraph head;
  head.lines.push_back(
      {{first.header.scenario, Tone::Strong},
       {" · " + plural(points.size(), "point") + " · workload " + first.header.workload + " · " +
        first.header.against + " · seed " + std::to_string(first.header.seed)}});
  for (const RunSummary& point : points) {
    for (const std::string& reason : point.invalid_reasons) {
      head.lines.push_back({{"invalid: ", Tone::Bad}, {point.header.point + ": " + reason}});
    }
  }
  out.blocks.push_back(std::move(head));
  Table table;
  table.title = "Points";
  if (first.header.axes.is_object()) {
    for (const json::Member& axis : first.header.axes.members()) {
      table.columns.push_back({axis.key, true, 0});
    }
  } else {
    table.columns.push_back({"point", false, 0});
  }
  const std::size_t axes = table.columns.size();
  for (const Column& column : std::vector<Column>{{"p50", true, 0},
                                                  {"p95", true, 0},
                                                  {"mean", true, 4},
                                                  {"jobs/s", true, 3},
                                                  {"cost a job", true, 0},
                                                  {"errors", true, 1},
                                                  {"objectives met", false, 2}}) {
    table.columns.push_back(column);
  }
  for (const RunSummary& point : points) {
    std::vector<Text> row;
    if (point.header.axes.is_object() && point.header.axes.members().size() == axes) {
      for (const json::Member& axis : point.header.axes.members()) {
        row.push_back({axis_text(axis.value), Tone::Strong});
      }
    } else {
      row.push_back({point.header.point, Tone::Strong});
      row.resize(axes);
    }
    const std::uint64_t lost = point.failed + point.timed_out;
    const std::uint64_t all = point.done + lost;
    row.push_back({quantile(point.response_s, 0.5)});
    row.push_back({quantile(point.response_s, 0.95)});
    row.push_back({point.done > 0 ? seconds(point.response_s.mean) : "–"});
    row.push_back({number(point.throughput_per_s)});
    row.push_back({point.cost_usd.count > 0 ? usd(point.cost_usd.mean) : "–"});
    row.push_back({all > 0 ? percent(static_cast<double>(lost) / static_cast<double>(all)) : "–",
                   lost > 0 ? Tone::Bad : Tone::Plain});
    row.push_back(objectives_cell(point));
    table.rows.push_back(std::move(row));
  }
  out.blocks.push_back(std::move(table));
  return out;
}

}  // namespace rehearse::reports
