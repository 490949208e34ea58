#include <algorithm>

#include "harness/base/check.hpp"
#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

bool misses(const RunSummary& point) {
  return std::any_of(point.objectives.begin(), point.objectives.end(),
                     [](const record::ObjectiveSummary& each) { return each.met == false; });
}

Text verdict_of(std::span<const RunSummary> points) {
  if (!std::all_of(points.begin(), points.end(), [](const RunSummary& p) { return p.valid; })) {
    return {"INVALID POINTS", Tone::Bad};
  }
  const bool missed = std::any_of(points.begin(), points.end(), &misses);
  return {plural(points.size(), "point"), missed ? Tone::Strong : Tone::Good};
}

}  // namespace

Page sweep_page(std::span<const RunSummary> points) {
  REHEARSE_CHECK(!points.empty());
  Document document = sweep_document(points);
  Page out;
  out.kicker = "rehearse · sweep";
  out.title = points.front().header.scenario;
  out.verdict = verdict_of(points);
  for (const std::string& said : sweep_sentences(points)) {
    if (out.headline.empty()) {
      out.headline = sentence(said);
    } else {
      out.more.lines.push_back({{sentence(said)}});
    }
  }
  Section curves{"curves", "Along the axes", {}};
  for (Chart& chart : sweep_charts(points)) {
    curves.blocks.push_back(std::move(chart));
  }
  Section trade{"cost", "Cost against latency", {}};
  if (auto chart = pareto_chart(points)) {
    trade.blocks.push_back(std::move(*chart));
  }
  Section tables{"points", "All points", {}};
  for (Block& block : document.blocks) {
    if (auto* paragraph = std::get_if<Paragraph>(&block)) {
      // Its first line is what ran; what it comes to is said above.
      for (Line& line : paragraph->lines) {
        if (line.front().tone == Tone::Bad) {
          out.more.lines.push_back(line);
        }
      }
      paragraph->lines.resize(1);
      out.subtitle = without_title(std::move(*paragraph), out.title);
    } else if (auto* table = std::get_if<Table>(&block)) {
      tables.blocks.push_back(std::move(*table));
    }
  }
  for (Section* section : {&curves, &trade, &tables}) {
    if (!section->blocks.empty()) {
      out.sections.push_back(std::move(*section));
    }
  }
  return out;
}

}  // namespace rehearse::reports
