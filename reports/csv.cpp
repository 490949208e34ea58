#include <cmath>

#include "harness/base/text.hpp"
#include "reports/encode.hpp"
#include "reports/formats.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;
using record::Spread;

constexpr char kHead[] = "run,scope,name,metric,statistic,value,unit\r\n";

std::string number_cell(std::optional<double> value) {
  return value && std::isfinite(*value) ? number_text(*value) : "";
}

class Rows {
 public:
  explicit Rows(const RunSummary& run) : run_(csv_cell(run_name(run))) {}

  void add(const char* scope, const std::string& name, const char* metric, const char* statistic,
           std::optional<double> value, const char* unit) {
    text_ += run_ + "," + scope + "," + csv_cell(name) + "," + metric + "," + statistic + "," +
             number_cell(value) + "," + unit + "\r\n";
  }
  void add(const char* scope, const std::string& name, const char* metric, const Spread& spread,
           const char* unit) {
    if (spread.count == 0) {
      return;
    }
    add(scope, name, metric, "count", static_cast<double>(spread.count), "1");
    add(scope, name, metric, "mean", spread.mean, unit);
    add(scope, name, metric, "min", spread.min, unit);
    add(scope, name, metric, "p50", spread.p50, unit);
    add(scope, name, metric, "p90", spread.p90, unit);
    add(scope, name, metric, "p95", spread.p95, unit);
    add(scope, name, metric, "p99", spread.p99, unit);
    add(scope, name, metric, "max", spread.max, unit);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string run_;
  std::string text_;
};

std::string rows_of(const RunSummary& run) {
  Rows rows(run);
  const auto total = [&](const char* metric, double value, const char* unit) {
    rows.add("run", "", metric, "total", value, unit);
  };
  total("issued", static_cast<double>(run.issued), "jobs");
  total("done", static_cast<double>(run.done), "jobs");
  total("failed", static_cast<double>(run.failed), "jobs");
  total("timed_out", static_cast<double>(run.timed_out), "jobs");
  total("cancelled", static_cast<double>(run.cancelled), "jobs");
  total("valid", run.valid ? 1 : 0, "1");
  rows.add("run", "", "throughput", "rate", run.throughput_per_s, "1/s");
  rows.add("run", "", "goodput", "rate", run.goodput_per_s, "1/s");
  rows.add("run", "", "response", run.response_s, "s");
  rows.add("run", "", "first_result", run.first_result_s, "s");
  rows.add("run", "", "queue", run.queue_s, "s");
  rows.add("run", "", "cost", run.cost_usd, "USD");
  for (const record::StageSummary& stage : run.stages) {
    const std::string& name = stage.info.path;
    rows.add("stage", name, "response", stage.response_s, "s");
    rows.add("stage", name, "ttft", stage.ttft_s, "s");
    rows.add("stage", name, "share", "mean", stage.share, "1");
    rows.add("stage", name, "critical_share", "mean", stage.critical_share, "1");
    rows.add("stage", name, "cost", "total", stage.cost_usd, "USD");
    rows.add("stage", name, "calls", "total", static_cast<double>(stage.calls), "1");
    rows.add("stage", name, "retries", "total", static_cast<double>(stage.retries), "1");
  }
  for (const record::ResourceSummary& resource : run.resources) {
    rows.add("resource", resource.name, "utilisation", "mean", resource.utilisation, "1");
    rows.add("resource", resource.name, "queue", resource.queue_s, "s");
  }
  for (const record::ObjectiveSummary& objective : run.objectives) {
    rows.add("objective", objective.info.text, "met", "value",
             objective.met ? std::optional<double>(*objective.met ? 1 : 0) : std::nullopt, "1");
  }
  return rows.take();
}

std::string change_row(const char* scope, const std::string& name,
                       const record::MetricChange& row) {
  return std::string(scope) + "," + csv_cell(name) + "," + csv_cell(row.name) + "," +
         csv_cell(row.statistic) + "," + number_cell(row.before) + "," + number_cell(row.after) +
         "," + number_cell(row.change) + "," + number_cell(row.low) + "," + number_cell(row.high) +
         "," + (row.verdict ? std::string(stats::verdict_text(*row.verdict)) : "") + "," +
         csv_cell(row.why) + "\r\n";
}

}  // namespace

std::string csv_run(const RunSummary& run) { return kHead + rows_of(run); }

std::string csv_comparison(const record::Comparison& comparison) {
  std::string out =
      "scope,name,metric,statistic,before,after,change,change_low,change_high,verdict,why\r\n";
  for (const record::MetricChange& row : comparison.metrics) {
    out += change_row("run", "", row);
  }
  for (const record::StageChange& stage : comparison.stages) {
    out += change_row("stage", stage.stage, stage.response_s);
    out += change_row("stage", stage.stage, stage.cost_usd);
  }
  return out;
}

std::string csv_document(const Document& document) {
  std::string out = "table,row,column,text\r\n";
  for (const Block& block : document.blocks) {
    const auto* table = std::get_if<Table>(&block);
    if (table == nullptr) {
      continue;
    }
    for (const auto& row : table->rows) {
      for (std::size_t i = 1; i < row.size() && i < table->columns.size(); ++i) {
        if (!row[i].text.empty()) {
          out += csv_cell(table->title) + "," + csv_cell(row.front().text) + "," +
                 csv_cell(table->columns[i].title) + "," + csv_cell(row[i].text) + "\r\n";
        }
      }
    }
  }
  return out;
}

std::string csv_sweep(std::span<const RunSummary> points) {
  std::string out = kHead;
  for (const RunSummary& point : points) {
    out += rows_of(point);
  }
  return out;
}

}  // namespace rehearse::reports
