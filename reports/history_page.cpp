#include <algorithm>
#include <functional>

#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

using record::History;
using record::HistoryEntry;
using record::HistorySeries;

constexpr std::size_t kMostEntries = 400;
constexpr std::size_t kMostPlots = 8;

// Values of one thing over the shown entries; nothing where no entry has one.
using Values = std::function<std::optional<double>(const record::RunSummary&)>;

class Trend {
 public:
  Trend(const History& history, const std::string& y, const std::string& title = "")
      : history_(history),
        y_(y),
        title_(title),
        first_(history.entries.size() - std::min(history.entries.size(), kMostEntries)) {
    data_.set("kind", "trend");
    data_.set("y", y);
    data_.set("title", title);
    json::Value& names = data_.set("names", json::Value::array());
    for (std::size_t i = first_; i < history.entries.size(); ++i) {
      names.push(entry_name(history.entries[i], i));
    }
    data_.set("marks", json::Value::array());
    data_.set("series", json::Value::array());
  }
  void add(const std::string& name, double scale, const Values& values) {
    json::Value points = json::Value::array();
    bool any = false;
    for (std::size_t i = first_; i < history_.entries.size(); ++i) {
      const std::optional<double> found = values(history_.entries[i].summary);
      any = any || found;
      points.push(numbers({static_cast<double>(i - first_ + 1),
                           found ? std::optional<double>(*found / scale) : std::nullopt}));
    }
    if (any) {
      json::Value& each = data_.find("series")->push(json::Value::object());
      each.set("name", name);
      each.set("points", std::move(points));
    }
  }
  // The entries at which the level changed.
  void mark(const HistorySeries& series) {
    for (const HistorySeries::Change& at : series.changes) {
      // Quantiles and the mean change at one run: one line says it.
      const bool new_place = std::find(marked_.begin(), marked_.end(), at.entry) == marked_.end();
      if (at.entry >= first_ && new_place) {
        marked_.push_back(at.entry);
        json::Value& mark =
            data_.find("marks")->push(numbers({static_cast<double>(at.entry - first_ + 1)}));
        mark.push(change(at.change()));
      }
    }
  }
  bool empty() const { return data_.find("series")->items().empty(); }
  Plot plot(const std::string& description) {
    // A lone line has no legend: the axis names it.
    const auto& series = data_.find("series")->items();
    if (series.size() == 1 && title_.empty() && y_.rfind("response", 0) == 0) {
      data_.set("y", y_ + " (" + series.front().find("name")->as_string() + ")");
    }
    return {description, std::move(data_)};
  }

 private:
  const History& history_;
  std::string y_;
  std::string title_;
  std::size_t first_;
  std::vector<std::size_t> marked_;
  json::Value data_ = json::Value::object();
};

// The whole: its quantiles, or its mean where runs are too small for them.
Plot response_plot(const History& history, const TimeUnit& unit) {
  Trend out(history, std::string("response, ") + unit.name);
  out.add("p95", unit.seconds, [](const auto& run) { return run.response_s.p95; });
  out.add("p50", unit.seconds, [](const auto& run) { return run.response_s.p50; });
  if (out.empty()) {
    out.add("mean", unit.seconds, [](const auto& run) {
      return run.done > 0 ? std::optional<double>(run.response_s.mean) : std::nullopt;
    });
  }
  for (const HistorySeries& series : history.series) {
    if (series.stage.empty() && series.unit == "s") {
      out.mark(series);
    }
  }
  return out.plot("Line chart of the response time over the runs, oldest first");
}

Plot cost_plot(const History& history) {
  Trend out(history, "USD a job");
  out.add("cost a job", 1, [](const auto& run) {
    return run.cost_usd.count > 0 ? std::optional<double>(run.cost_usd.mean) : std::nullopt;
  });
  for (const HistorySeries& series : history.series) {
    if (series.stage.empty() && series.unit == "USD") {
      out.mark(series);
    }
  }
  return out.plot("Line chart of the cost over the runs, oldest first");
}

// One of the stages whose level changed.
std::optional<Plot> stage_plot(const History& history, const HistorySeries& series) {
  const Values values = [&](const record::RunSummary& run) -> std::optional<double> {
    for (const record::StageSummary& stage : run.stages) {
      if (stage.info.path == series.stage && stage.response_s.count > 0) {
        return stage.response_s.mean;
      }
    }
    return std::nullopt;
  };
  double slowest = 0;
  for (const HistoryEntry& entry : history.entries) {
    slowest = std::max(slowest, values(entry.summary).value_or(0));
  }
  const TimeUnit unit = time_unit(slowest);
  Trend out(history, std::string("mean response, ") + unit.name, "stage " + series.stage);
  out.add(series.stage, unit.seconds, values);
  out.mark(series);
  return out.empty() ? std::nullopt
                     : std::optional<Plot>(out.plot("Line chart of the mean response of stage " +
                                                    series.stage + " over the runs"));
}

std::optional<Chart> trend_chart(const History& history, Table table) {
  double slowest = 0;
  bool billed = false;
  for (const HistoryEntry& entry : history.entries) {
    const record::Spread& response = entry.summary.response_s;
    slowest = std::max(slowest, response.p95.value_or(response.mean));
    billed = billed || entry.summary.cost_usd.mean > 0;
  }
  if (history.entries.size() < 2 || !(slowest > 0)) {
    return std::nullopt;
  }
  Chart out;
  out.title = "Response and cost over the runs";
  out.caption = "Oldest first. A dashed line: the first run at a new level, and by how much.";
  out.plots.push_back(response_plot(history, time_unit(slowest)));
  if (billed) {
    out.plots.push_back(cost_plot(history));
  }
  for (const HistorySeries& series : history.series) {
    if (!series.stage.empty() && out.plots.size() < kMostPlots) {
      if (auto plot = stage_plot(history, series)) {
        out.plots.push_back(std::move(*plot));
      }
    }
  }
  out.table = std::move(table);
  out.table_open = true;
  return out;
}

Text verdict_of(const History& history) {
  if (history.entries.size() < 6) {
    return {"TOO FEW RUNS", Tone::Warn};
  }
  if (history.series.empty()) {
    return {"NO CHANGE OF LEVEL", Tone::Good};
  }
  // The newest change of the whole decides; where only stages changed, it is worth a look.
  Tone tone = Tone::Warn;
  std::size_t newest = 0;
  for (const HistorySeries& series : history.series) {
    for (const HistorySeries::Change& at : series.changes) {
      if (series.stage.empty() && at.entry >= newest) {
        newest = at.entry;
        tone = at.after > at.before ? Tone::Bad : Tone::Good;
      }
    }
  }
  return {"LEVEL CHANGED", tone};
}

}  // namespace

Page history_page(const History& history) {
  Document document = history_document(history);
  Page out;
  out.kicker = "rehearse · history";
  out.title = history.scenario.empty() ? "no runs" : history.scenario;
  out.verdict = verdict_of(history);
  Section runs{"runs", "Runs", {}};
  for (Block& block : document.blocks) {
    if (auto* table = std::get_if<Table>(&block)) {
      auto chart = trend_chart(history, *table);
      chart ? runs.blocks.emplace_back(std::move(*chart)) : runs.blocks.emplace_back(*table);
    } else if (auto* paragraph = std::get_if<Paragraph>(&block)) {
      std::vector<Line>& lines = paragraph->lines;
      out.subtitle = without_title({{lines.front()}}, out.title);
      if (lines.size() > 1) {
        out.headline = sentence(plain_text(lines[1]));
        out.more.lines.assign(lines.begin() + 2, lines.end());
      }
    }
  }
  if (!runs.blocks.empty()) {
    out.sections.push_back(std::move(runs));
  }
  return out;
}

}  // namespace rehearse::reports
