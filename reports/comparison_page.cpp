#include <algorithm>

#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"
#include "reports/run_tables.hpp"

namespace rehearse::reports {
namespace {

using record::Comparison;
using record::MetricChange;

KeyFigure figure_of(const std::string& label, const MetricChange& row) {
  const auto shown = [&](const std::optional<double>& value) {
    return !value ? "–" : row.name == "cost_usd" ? usd(*value) : seconds(*value);
  };
  KeyFigure out;
  out.label = label;
  out.value = row.change ? change(*row.change) : "–";
  out.detail = shown(row.before) + " → " + shown(row.after) +
               (row.verdict ? ", " + std::string(stats::verdict_text(*row.verdict)) : "");
  out.tone = row.verdict ? tone_of(*row.verdict) : Tone::Plain;
  return out;
}

std::vector<KeyFigure> figures(const Comparison& comparison) {
  std::vector<KeyFigure> out;
  for (const MetricChange& row : comparison.metrics) {
    const bool shown = (row.name == "response_s" && row.statistic != "p99") ||
                       (row.name == "cost_usd" && row.statistic == "mean");
    if (shown && row.change) {
      const std::string what = row.name == "cost_usd" ? "cost" : "response";
      out.push_back(figure_of(what + " " + row.statistic, row));
    }
  }
  return out;
}

void add_waterfalls(const Comparison& comparison, Section& out) {
  const std::size_t first = out.blocks.size();
  for (const record::RunSummary* side : {&comparison.before, &comparison.after}) {
    const std::string name = side == &comparison.before ? "before" : "after";
    if (side->detail && side->detail->typical) {
      Waterfall bars = waterfall(*side->detail->typical);
      bars.title = "A typical job " + name + ": " + bars.title;
      out.blocks.push_back(std::move(bars));
    } else if (!side->jobs.empty() && !side->jobs.front().waterfall.empty()) {
      Waterfall bars = waterfall(side->jobs.front());
      bars.title = "The first job " + name + ": " + bars.title;
      out.blocks.push_back(std::move(bars));
    }
  }
  for (const record::RunSummary* side : {&comparison.before, &comparison.after}) {
    if (side->detail && side->detail->slow) {
      Waterfall bars = waterfall(*side->detail->slow);
      bars.title = std::string("A slow job, at the p95, ") +
                   (side == &comparison.before ? "before: " : "after: ") + bars.title;
      out.blocks.push_back(std::move(bars));
    }
  }
  // On one scale, so that what is shorter looks shorter; but not where nothing would be left of it.
  double longest = 0;
  for (std::size_t i = first; i < out.blocks.size(); ++i) {
    longest = std::max(longest, std::get<Waterfall>(out.blocks[i]).length_s);
  }
  for (std::size_t i = first; i < out.blocks.size(); ++i) {
    double& length = std::get<Waterfall>(out.blocks[i]).length_s;
    length = length * 20 > longest ? longest : length;
  }
}

// One row a side for what decides whether the runs may be compared at all.
Table environment_table(const Comparison& comparison) {
  Table out;
  out.title = "The two runs";
  out.columns = {{"", false, 0}, {"before", false, 0}, {"after", false, 0}};
  const auto row = [&](const char* name, auto text) {
    out.rows.push_back({{name}, {text(comparison.before)}, {text(comparison.after)}});
  };
  using Run = record::RunSummary;
  row("validity", [](const Run& run) {
    return std::string(!run.complete ? "incomplete" : run.valid ? "valid" : "INVALID");
  });
  row("variants", [](const Run& run) {
    return run.header.variants.empty() ? "base" : joined(run.header.variants, " + ");
  });
  row("jobs",
      [](const Run& run) { return count(run.issued) + " issued, " + count(run.done) + " done"; });
  row("world",
      [](const Run& run) { return run.header.against + ", driven by " + run.header.drive; });
  row("seed", [](const Run& run) { return std::to_string(run.header.seed); });
  row("machine", [](const Run& run) {
    const record::Environment& place = run.header.environment;
    return place.machine + ", " + place.cpu + ", " + plural(place.cores, "core");
  });
  row("system", [](const Run& run) {
    const record::Environment& place = run.header.environment;
    return place.os + ", " + place.kernel + ", " + place.compiler;
  });
  row("rehearse", [](const Run& run) {
    const record::Environment& place = run.header.environment;
    return place.version + " " + place.commit;
  });
  row("run", [](const Run& run) { return run.header.id; });
  return out;
}

}  // namespace

Page comparison_page(const Comparison& comparison, std::span<const ChartLimit> limits) {
  Document document = comparison_document(comparison);
  Page out;
  out.kicker = "rehearse · before and after";
  out.title = comparison.before.header.scenario;
  out.verdict = {verdict_word(comparison), tone_of(comparison.verdict)};
  out.headline = sentence(comparison.headline);
  out.figures = figures(comparison);
  Section changes{"changes", "What changed", {}};
  Section stages{"stages", "Where it comes from", {}};
  std::size_t paragraphs = 0;
  for (Block& block : document.blocks) {
    if (auto* paragraph = std::get_if<Paragraph>(&block)) {
      (paragraphs++ == 0 ? out.subtitle : out.more) = std::move(*paragraph);
    } else if (auto* table = std::get_if<Table>(&block)) {
      if (table->title.rfind("Stages", 0) == 0) {
        auto chart =
            stages.blocks.empty() ? stage_change_chart(comparison, *table) : std::optional<Chart>();
        chart ? stages.blocks.emplace_back(std::move(*chart))
              : stages.blocks.emplace_back(std::move(*table));
      } else if (auto chart = table->title == "Changes" ? change_chart(comparison, *table)
                                                        : std::optional<Chart>()) {
        chart->table_open = true;
        changes.blocks.push_back(std::move(*chart));
      } else {
        changes.blocks.push_back(std::move(*table));
      }
    }
  }
  out.subtitle = without_title(std::move(out.subtitle), out.title);
  // The first line of the verdict is the headline itself.
  if (!out.more.lines.empty()) {
    out.more.lines.erase(out.more.lines.begin());
  }
  add_waterfalls(comparison, stages);
  const std::uint64_t runs = comparison.pairing == "seeds" || comparison.pairing == "runs"
                                 ? std::max<std::uint64_t>(1, comparison.units)
                                 : 1;
  const ChartSide sides[] = {{"before", "before", &comparison.before, runs},
                             {"after", "after", &comparison.after, runs}};
  Section distribution{"distribution", "Response times", {}};
  if (auto chart = distribution_chart(sides, limits)) {
    distribution.blocks.push_back(std::move(*chart));
  }
  if (comparison.differences) {
    if (auto chart = difference_chart(*comparison.differences)) {
      distribution.blocks.push_back(std::move(*chart));
    }
  }
  Section timeline{"timeline", "Over time", {}};
  if (auto chart = timeline_chart(sides)) {
    timeline.blocks.push_back(std::move(*chart));
  }
  Section validity{"validity", "Environment and validity", {environment_table(comparison)}};
  for (Section* section : {&changes, &stages, &distribution, &timeline, &validity}) {
    if (!section->blocks.empty()) {
      out.sections.push_back(std::move(*section));
    }
  }
  return out;
}

}  // namespace rehearse::reports
