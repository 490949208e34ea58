#include <algorithm>

#include "harness/base/check.hpp"
#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

std::string best_point(std::span<const RunSummary> points) {
  const RunSummary* fastest = nullptr;
  const RunSummary* cheapest = nullptr;
  for (const RunSummary& point : points) {
    if (point.done == 0) {
      continue;
    }
    if (fastest == nullptr || point.response_s.mean < fastest->response_s.mean) {
      fastest = &point;
    }
    if (cheapest == nullptr || point.cost_usd.mean < cheapest->cost_usd.mean) {
      cheapest = &point;
    }
  }
  if (fastest == nullptr) {
    return "No job of any point was done.";
  }
  std::string out =
      "Fastest: " + fastest->header.point + " (mean " + seconds(fastest->response_s.mean) + ").";
  if (cheapest->cost_usd.mean > 0) {
    out +=
        " Cheapest: " + cheapest->header.point + " (" + usd(cheapest->cost_usd.mean) + " a job).";
  }
  return out;
}

}  // namespace

Page sweep_page(std::span<const RunSummary> points) {
  REHEARSE_CHECK(!points.empty());
  Document document = sweep_document(points);
  Page out;
  out.kicker = "rehearse · sweep";
  out.title = points.front().header.scenario;
  const bool valid = std::all_of(points.begin(), points.end(),
                                 [](const RunSummary& point) { return point.valid; });
  out.verdict =
      valid ? Text{plural(points.size(), "point"), Tone::Good} : Text{"INVALID POINTS", Tone::Bad};
  out.headline = best_point(points);
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
