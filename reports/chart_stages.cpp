#include <algorithm>
#include <cmath>

#include "reports/charts.hpp"
#include "reports/figures.hpp"
#include "reports/run_tables.hpp"

namespace rehearse::reports {
namespace {

constexpr std::size_t kMostStages = 24;

json::Value stage_row(const std::string& stage, const char* series, const TimeUnit& unit,
                      std::optional<double> mean, std::optional<double> p50,
                      std::optional<double> p95) {
  json::Value row = json::Value::array();
  row.push(stage);
  row.push(series);
  const auto scaled = [&](std::optional<double> s) {
    return s ? std::optional<double>(unit.of(*s)) : s;
  };
  push_numbers(row, {scaled(mean), scaled(p50), scaled(p95)});
  return row;
}

std::string tone_name(const record::MetricChange& row) {
  return row.verdict ? std::string(stats::verdict_text(*row.verdict)) : "inconclusive";
}

double moved(const record::StageChange& stage) {
  return std::fabs(stage.response_s.after.value_or(0) - stage.response_s.before.value_or(0));
}

}  // namespace

std::optional<Chart> stage_chart(const record::RunSummary& run) {
  std::vector<const record::StageSummary*> shown;
  double most = 0;
  for (const record::StageSummary& stage : run.stages) {
    if (stage.info.kind != record::StageRowKind::Group && stage.response_s.count > 0) {
      shown.push_back(&stage);
      most = std::max(most, stage.response_s.p95.value_or(stage.response_s.mean));
    }
  }
  if (shown.size() < 2) {
    return std::nullopt;
  }
  const bool cut = shown.size() > kMostStages;
  if (cut) {
    std::stable_sort(shown.begin(), shown.end(), [](const auto* a, const auto* b) {
      return a->response_s.mean > b->response_s.mean;
    });
    shown.resize(kMostStages);
  }
  const TimeUnit unit = time_unit(most);
  json::Value data = json::Value::object();
  data.set("kind", "stages");
  data.set("x", std::string("response time, ") + unit.name);
  json::Value& rows = data.set("rows", json::Value::array());
  for (const record::StageSummary* stage : shown) {
    const record::Spread& spread = stage->response_s;
    const bool spans = spread.p50 && spread.p95 && *spread.p95 > *spread.p50 * 1.001;
    rows.push(stage_row(stage->info.path, "mean", unit, spread.mean,
                        spans ? spread.p50 : std::nullopt, spans ? spread.p95 : std::nullopt));
  }
  Chart out;
  out.title = "Time in each stage";
  out.caption = "Bar: mean from ready to done, waiting included. Line: from p50 to p95.";
  out.caption += cut ? " Only the longest are drawn." : "";
  out.table = stage_table(run);
  out.plots.push_back({"Bar chart of the mean response time of each stage", std::move(data)});
  return out;
}

std::optional<Chart> stage_change_chart(const record::Comparison& comparison, const Table& table) {
  std::vector<const record::StageChange*> shown;
  double most = 0;
  for (const record::StageChange& stage : comparison.stages) {
    if (stage.response_s.before || stage.response_s.after) {
      shown.push_back(&stage);
      most =
          std::max({most, stage.response_s.before.value_or(0), stage.response_s.after.value_or(0)});
    }
  }
  if (shown.empty() || most <= 0) {
    return std::nullopt;
  }
  const bool cut = shown.size() > kMostStages;
  if (cut) {
    std::stable_sort(shown.begin(), shown.end(),
                     [](const auto* a, const auto* b) { return moved(*a) > moved(*b); });
    shown.resize(kMostStages);
  }
  const TimeUnit unit = time_unit(most);
  json::Value data = json::Value::object();
  data.set("kind", "stages");
  data.set("x", std::string("mean response time, ") + unit.name);
  json::Value& rows = data.set("rows", json::Value::array());
  Chart out;
  out.table = table;
  out.table_open = true;
  for (const record::StageChange* stage : shown) {
    const record::MetricChange& row = stage->response_s;
    rows.push(stage_row(stage->stage, "before", unit, row.before, {}, {}));
    rows.push(stage_row(stage->stage, "after", unit, row.after, {}, {}));
  }
  out.title = "Mean time in each stage, before and after";
  out.caption = cut ? "Only the stages that changed most are drawn." : "";
  out.plots.push_back(
      {"Bar chart of the mean response time of each stage before and after", std::move(data)});
  return out;
}

std::optional<Chart> change_chart(const record::Comparison& comparison, const Table& table) {
  json::Value data = json::Value::object();
  data.set("kind", "changes");
  json::Value& rows = data.set("rows", json::Value::array());
  std::size_t row_of = 0;
  for (const record::MetricChange& change : comparison.metrics) {
    // The rows of the table are those of the metrics, in the same order; error rates are
    // differences, no ratios.
    const std::size_t at = row_of++;
    if (!change.change || change.name == "error_rate" || at >= table.rows.size()) {
      continue;
    }
    json::Value row = json::Value::array();
    row.push(table.rows[at].front().text);
    push_numbers(row, {change.change, change.low, change.high});
    row.push(tone_name(change));
    rows.push(std::move(row));
  }
  if (rows.items().empty()) {
    return std::nullopt;
  }
  Chart out;
  out.title = "What changed, and how surely";
  out.caption = "Point: the change. Bar: its 95% interval. Left of zero is faster or cheaper.";
  out.table = table;
  out.plots.push_back({"Changes of each metric with their intervals", std::move(data)});
  return out;
}

}  // namespace rehearse::reports
