#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/json.hpp"

namespace rehearse::reports {
namespace {

using record::NoiseReport;
using record::NoiseRow;

std::string size(double ratio) { return "±" + percent(ratio); }

Paragraph head(const NoiseReport& noise) {
  Paragraph out;
  const record::RunHeader& header = noise.runs.header;
  out.lines.push_back({{header.scenario, Tone::Strong},
                       {" against itself: " + plural(noise.seeds, "seed") + ", 2 runs each · " +
                        header.against + " · workload " + header.workload}});
  if (noise.runs.done == 0 && noise.runs.failed + noise.runs.timed_out > 0) {
    out.lines.push_back({{"NO JOB WAS DONE", Tone::Bad},
                         {"  rehearse report shows what they failed of; no time can be gated"}});
  }
  if (noise.runs_needed > 0) {
    const double n = 2 * static_cast<double>(noise.runs_needed);
    std::string price = seconds(n * noise.run_s);
    price += noise.run_usd > 0 ? ", " + usd(n * noise.run_usd) : "";
    const double jobs = noise.jobs_a_run * static_cast<double>(noise.runs_needed);
    out.lines.push_back({{"a gate needs ", Tone::Plain},
                         {plural(noise.runs_needed, "run") + " a side", Tone::Strong},
                         {" (" + count(static_cast<std::uint64_t>(jobs)) +
                          " jobs; both sides take " + price + ")"}});
  }
  out.lines.push_back(
      {{noise.repeats_luck ? "runs of one seed meet the same luck, so they are compared in pairs"
                           : "real providers draw their own luck, so runs are compared unpaired",
        Tone::Dim}});
  if (noise.isolated && noise.repeats_luck) {
    out.lines.push_back(
        {{"jobs share nothing here: one run is a sample of as many pairs as it has "
          "jobs, and fewer runs may do",
          Tone::Dim}});
  }
  for (const std::string& reason : noise.runs.invalid_reasons) {
    out.lines.push_back({{"invalid: ", Tone::Bad}, {reason}});
  }
  return out;
}

}  // namespace

Document noise_document(const NoiseReport& noise) {
  Document out;
  out.title = noise.runs.header.scenario + ": noise";
  out.blocks.push_back(head(noise));
  Table table;
  table.title = "Noise, nothing having changed";
  table.columns = {{"gate", false, 0},        {"mean", true, 0},       {"between runs", true, 0},
                   {"within a run", true, 4}, {"same luck", true, 2},  {"correlation", true, 5},
                   {"noise floor", true, 0},  {"runs needed", true, 0}};
  Table least;
  least.title = "Smallest change found in 4 of 5 cases, by runs a side";
  least.columns = {{"gate", false, 0}};
  for (const NoiseRow& row : noise.rows) {
    if (!row.why.empty()) {
      table.notes.push_back({{row.text + ": " + row.why, Tone::Dim}});
      continue;
    }
    table.rows.push_back({{row.text},
                          {in_unit(row.mean, row.unit)},
                          {size(row.between)},
                          {row.within > 0 ? size(row.within) : "–"},
                          {noise.repeats_luck ? size(row.paired) : "–"},
                          {noise.repeats_luck ? number(row.correlation) : "–"},
                          {size(row.floor)},
                          {count(row.runs_needed)}});
    std::vector<Text> cells{{row.text}};
    for (const NoiseRow::Detectable& each : row.detectable) {
      if (least.columns.size() <= row.detectable.size()) {
        least.columns.push_back({count(each.runs), true, 0});
      }
      cells.push_back({percent(each.change)});
    }
    least.rows.push_back(std::move(cells));
  }
  table.notes.push_back(
      {{"between runs: one standard deviation over seeds; within a run: what it "
        "would be were jobs independent; noise floor: half the 95% interval of "
        "one run against one other",
        Tone::Dim}});
  out.blocks.push_back(std::move(table));
  if (!least.rows.empty()) {
    out.blocks.push_back(std::move(least));
  }
  return out;
}

json::Value noise_json(const NoiseReport& noise) {
  using json::Value;
  const auto whole = [](std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); };
  Value out = Value::object();
  out.set("schema_version", kJsonVersion);
  out.set("scenario", noise.runs.header.scenario);
  out.set("seeds", whole(noise.seeds));
  out.set("repeats_luck", noise.repeats_luck);
  out.set("runs_needed", whole(noise.runs_needed));
  out.set("jobs_a_run", tidy(noise.jobs_a_run));
  out.set("run_s", tidy(noise.run_s));
  out.set("run_usd", tidy(noise.run_usd));
  Value& rows = out.set("gate", Value::array());
  for (const NoiseRow& row : noise.rows) {
    Value& each = rows.push(Value::object());
    each.set("text", row.text);
    each.set("unit", row.unit);
    each.set("mean", tidy(row.mean));
    each.set("between", tidy(row.between));
    each.set("within", tidy(row.within));
    each.set("paired", tidy(row.paired));
    each.set("correlation", tidy(row.correlation));
    each.set("floor", tidy(row.floor));
    each.set("runs_needed", whole(row.runs_needed));
    each.set("why", row.why);
    Value& least = each.set("detectable", Value::array());
    for (const NoiseRow::Detectable& at : row.detectable) {
      Value& cell = least.push(Value::object());
      cell.set("runs", whole(at.runs));
      cell.set("change", tidy(at.change));
    }
  }
  out.set("runs", run_json(noise.runs));
  return out;
}

}  // namespace rehearse::reports
