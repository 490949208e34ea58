#include <algorithm>

#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

using record::NoiseReport;
using record::NoiseRow;

// The least change that is found, by runs a side.
std::optional<Chart> detectable_chart(const NoiseReport& noise, const Table& table) {
  json::Value data = json::Value::object();
  data.set("kind", "lines");
  data.set("x", "runs a side");
  data.set("y", "smallest change found");
  data.set("y_format", ".1~%");
  data.set("height", 200);
  data.set("points", true);
  json::Value& series = data.set("series", json::Value::array());
  json::Value ticks = json::Value::array();
  double most = 0;
  for (const NoiseRow& row : noise.rows) {
    if (row.detectable.size() < 2) {
      continue;
    }
    json::Value& each = series.push(json::Value::object());
    each.set("name", row.text);
    json::Value& points = each.set("points", json::Value::array());
    json::Value places = json::Value::array();
    for (const NoiseRow::Detectable& at : row.detectable) {
      points.push(numbers({static_cast<double>(at.runs), at.change}));
      most = std::max(most, at.change);
      places.push(static_cast<std::int64_t>(at.runs));
    }
    ticks = std::move(places);
  }
  if (series.items().empty() || !(most >= 5e-4)) {
    return std::nullopt;
  }
  data.set("ticks", std::move(ticks));
  data.set("log", true);
  Chart out;
  out.title = table.title;
  out.caption =
      "What a gate of so many runs a side can see; what is below a line is lost in noise.";
  out.table = table;
  out.table_open = true;
  out.plots.push_back({"Line chart of the smallest change found, by runs a side", std::move(data)});
  return out;
}

std::vector<KeyFigure> figures(const NoiseReport& noise) {
  std::vector<KeyFigure> out;
  for (const NoiseRow& row : noise.rows) {
    if (row.why.empty() && out.size() < 4) {
      out.push_back({"noise floor of " + row.text, "±" + percent(row.floor),
                     count(row.runs_needed) + " runs a side needed"});
    }
  }
  const double n = 2 * static_cast<double>(noise.runs_needed);
  if (noise.runs_needed > 0) {
    out.push_back({"one gate takes", seconds(n * noise.run_s), "both sides, scenario time"});
    if (noise.run_usd > 0) {
      out.push_back({"one gate costs", usd(n * noise.run_usd), "both sides"});
    }
  }
  return out;
}

}  // namespace

Page noise_page(const NoiseReport& noise) {
  Document document = noise_document(noise);
  Page out;
  out.kicker = "rehearse · a pipeline against itself";
  out.title = noise.runs.header.scenario;
  out.verdict = noise.runs_needed > 0
                    ? Text{plural(noise.runs_needed, "run") + " A SIDE", Tone::Strong}
                    : Text{"NO GATE CAN BE SIZED", Tone::Warn};
  if (!noise.runs.valid) {
    out.verdict = {"INVALID", Tone::Bad};
  }
  out.figures = figures(noise);
  Section least{"least", "What a gate can see", {}};
  Section tables{"noise", "How much it moves by itself", {}};
  for (Block& block : document.blocks) {
    if (auto* paragraph = std::get_if<Paragraph>(&block)) {
      std::vector<Line>& lines = paragraph->lines;
      out.subtitle = without_title({{lines.front()}}, out.title);
      const std::size_t used = noise.runs_needed > 0 ? 2 : 1;
      if (used == 2) {
        out.headline = sentence(plain_text(lines[1]));
      } else {
        out.headline = "No objective here can be judged from these runs.";
      }
      out.more.lines.assign(lines.begin() + static_cast<std::ptrdiff_t>(used), lines.end());
    } else if (auto* table = std::get_if<Table>(&block)) {
      auto chart = table->title.rfind("Smallest", 0) == 0 ? detectable_chart(noise, *table)
                                                          : std::optional<Chart>();
      chart ? least.blocks.emplace_back(std::move(*chart))
            : tables.blocks.emplace_back(std::move(*table));
    }
  }
  for (Section* section : {&least, &tables}) {
    if (!section->blocks.empty()) {
      out.sections.push_back(std::move(*section));
    }
  }
  return out;
}

}  // namespace rehearse::reports
