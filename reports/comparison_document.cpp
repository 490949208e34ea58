#include <algorithm>
#include <cctype>
#include <cmath>

#include "reports/documents.hpp"
#include "reports/figures.hpp"

namespace rehearse::reports {
namespace {

using record::Comparison;
using record::MetricChange;

std::string value_text(const std::optional<double>& value, const MetricChange& row) {
  if (!value) {
    return "–";
  }
  const bool rate = row.name == "error_rate";
  return row.name == "cost_usd" ? usd(*value) : rate ? percent(*value) : seconds(*value);
}

// Not proven to be the same, but nothing failed on either side: no reason for alarm.
bool is_free_of_errors(const MetricChange& row) {
  return row.name == "error_rate" && row.before == 0.0 && row.after == 0.0 &&
         row.verdict == record::Verdict::Inconclusive;
}

Text verdict_cell(const MetricChange& row) {
  if (!row.verdict) {
    return {row.why, Tone::Warn};
  }
  if (is_free_of_errors(row)) {
    return {"none seen"};
  }
  return {std::string(stats::verdict_text(*row.verdict)), tone_of(*row.verdict)};
}

// What more jobs on both sides take.
std::string price_text(const Comparison& comparison, std::uint64_t jobs) {
  const double n = static_cast<double>(jobs);
  std::string out = seconds(n * comparison.more_job_s);
  return comparison.more_job_usd > 0 ? out + ", " + usd(n * comparison.more_job_usd) : out;
}

// Why there is no verdict, and what it would take.
void note_why(const Comparison& comparison, const std::string& name, const MetricChange& row,
              Table& table) {
  if (row.verdict != record::Verdict::Inconclusive) {
    return;
  }
  std::vector<std::string> parts;
  if (!row.why.empty()) {
    parts.push_back(row.why);
  }
  if (row.more_jobs >= stats::kMostSamples) {
    parts.push_back("no affordable number of jobs would decide");
  } else if (row.more_jobs > 0) {
    parts.push_back("about " + count(row.more_jobs) + " more jobs a side would decide (" +
                    price_text(comparison, row.more_jobs) + ")");
  }
  if (!parts.empty()) {
    table.notes.push_back({{name + ": ", Tone::Dim}, {joined(parts, "; "), Tone::Dim}});
  }
}

std::string label(const MetricChange& row) {
  if (row.name == "response_s") {
    return "response " + row.statistic;
  }
  if (row.name == "first_result_s") {
    return "first result " + row.statistic;
  }
  return row.name == "cost_usd" ? "cost " + row.statistic : "errors";
}

std::vector<Text> cells(const std::string& name, const MetricChange& row) {
  const Tone tone = row.verdict && !is_free_of_errors(row) ? tone_of(*row.verdict) : Tone::Plain;
  return {{name},
          {value_text(row.before, row)},
          {value_text(row.after, row)},
          {row.change ? change(*row.change) : "–", tone},
          {interval_text(row)},
          verdict_cell(row)};
}

std::vector<Column> columns(const std::string& first) {
  return {{first, false, 0},   {"before", true, 2},       {"after", true, 1},
          {"change", true, 0}, {"95% interval", true, 3}, {"verdict", false, 0}};
}

Paragraph head(const Comparison& comparison) {
  Paragraph out;
  const record::RunHeader& header = comparison.before.header;
  out.lines.push_back({{header.scenario, Tone::Strong},
                       {": " + side_text(comparison.before) + " → " + side_text(comparison.after)},
                       {" · workload " + header.workload}});
  return out;
}

Line culprit_line(const Comparison& comparison, const record::Culprit& culprit) {
  std::string times;
  for (const record::StageChange& stage : comparison.stages) {
    if (stage.stage == culprit.stage && stage.response_s.before && stage.response_s.after) {
      times = ": " + seconds(*stage.response_s.before) + " → " + seconds(*stage.response_s.after);
    }
  }
  const double share = std::min(1.0, std::abs(culprit.share));
  return {{"mostly from ", Tone::Dim},
          {culprit.stage, Tone::Strong},
          {times + " (" + percent(share) + " of it). Its "},
          {std::string(record::cause_name(culprit.cause)), Tone::Strong},
          {": " + culprit.why}};
}

Paragraph verdict(const Comparison& comparison) {
  Paragraph out;
  const std::string word = verdict_word(comparison);
  out.lines.push_back({{word, tone_of(comparison.verdict)}, {"  " + comparison.headline}});
  if (comparison.culprit) {
    out.lines.push_back(culprit_line(comparison, *comparison.culprit));
  }
  const std::string units =
      comparison.pairing == "unpaired"
          ? "unpaired, at least " + plural(comparison.units, "job") + " a side"
      : comparison.pairing == "runs"
          ? "unpaired, at least " + plural(comparison.units, "run") + " a side"
      : comparison.pairing == "seeds" ? plural(comparison.units, "pair") + " of runs, one a seed"
      : comparison.pairing == "jobs"  ? plural(comparison.units, "pair") + " of jobs"
                                      : plural(comparison.units, "pair") + " of jobs in batches";
  out.lines.push_back({{units + " (" + comparison.pairing_why + ")", Tone::Dim}});
  for (const std::string& warning : comparison.warnings) {
    out.lines.push_back({{"warning: ", Tone::Warn}, {warning}});
  }
  for (const std::string& note : comparison.notes) {
    out.lines.push_back({{note, Tone::Dim}});
  }
  return out;
}

}  // namespace

std::string verdict_word(const Comparison& comparison) {
  std::vector<std::string> worse;
  bool better = false;
  for (const MetricChange& row : comparison.metrics) {
    const bool decides = row.statistic == "mean" || row.name == "error_rate";
    const std::string name = row.name == "response_s" ? "time"
                             : row.name == "cost_usd" ? "cost"
                                                      : "errors";
    if (decides && row.name != "first_result_s" && row.verdict == record::Verdict::Regressed) {
      worse.push_back(name);
    }
    better = better || row.verdict == record::Verdict::Improved;
  }
  std::string out(stats::verdict_text(comparison.verdict));
  if (comparison.verdict == record::Verdict::Regressed && better && !worse.empty()) {
    out += " in " + joined(worse, " and ");
  }
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

Document comparison_document(const Comparison& comparison) {
  Document out;
  out.title = comparison.before.header.scenario + ": before and after";
  out.blocks.push_back(head(comparison));
  out.blocks.push_back(verdict(comparison));
  Table metrics;
  metrics.title = "Changes";
  metrics.columns = columns("metric");
  for (const MetricChange& row : comparison.metrics) {
    metrics.rows.push_back(cells(label(row), row));
    note_why(comparison, label(row), row, metrics);
  }
  out.blocks.push_back(std::move(metrics));
  Table stages;
  stages.title = "Stages, mean response";
  stages.columns = columns("stage");
  Table costs;
  costs.title = "Stages, mean cost";
  costs.columns = columns("stage");
  for (const record::StageChange& stage : comparison.stages) {
    stages.rows.push_back(cells(stage.stage, stage.response_s));
    note_why(comparison, stage.stage, stage.response_s, stages);
    const double before = stage.cost_usd.before.value_or(0);
    const double after = stage.cost_usd.after.value_or(0);
    if (before > 0 || after > 0) {
      costs.rows.push_back(cells(stage.stage, stage.cost_usd));
      note_why(comparison, stage.stage, stage.cost_usd, costs);
    }
  }
  if (!stages.rows.empty()) {
    out.blocks.push_back(std::move(stages));
  }
  if (!costs.rows.empty()) {
    out.blocks.push_back(std::move(costs));
  }
  return out;
}

}  // namespace rehearse::reports
