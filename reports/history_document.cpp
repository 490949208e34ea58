#include <algorithm>
#include <cstdio>

#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/json.hpp"

namespace rehearse::reports {
namespace {

using record::History;
using record::HistoryEntry;
using record::HistorySeries;

// The day and minute of a Unix time, UTC (Hinnant's civil_from_days).
std::string day_text(std::int64_t unix_ms) {
  const std::int64_t minutes = unix_ms / 60'000;
  const std::int64_t days = minutes / 1440 + 719'468;
  const std::int64_t era = days / 146'097;
  const std::int64_t of_era = days - era * 146'097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t shifted = (5 * of_year + 2) / 153;
  const std::int64_t day = of_year - (153 * shifted + 2) / 5 + 1;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  char out[64];
  std::snprintf(out, sizeof out, "%04lld-%02lld-%02lld %02lld:%02lld",
                static_cast<long long>(year + era * 400 + (month <= 2 ? 1 : 0)),
                static_cast<long long>(month), static_cast<long long>(day),
                static_cast<long long>(minutes / 60 % 24), static_cast<long long>(minutes % 60));
  return out;
}

Table runs_table(const History& history) {
  Table table;
  table.title = "Runs";
  table.columns = {{"run", false, 0},    {"made (UTC)", false, 2}, {"branch", false, 5},
                   {"jobs", true, 4},    {"mean", true, 3},        {"p50", true, 0},
                   {"p95", true, 0},     {"cost a job", true, 0},  {"errors", true, 1},
                   {"changed", false, 0}};
  for (std::size_t i = 0; i < history.entries.size(); ++i) {
    const HistoryEntry& entry = history.entries[i];
    const record::RunSummary& run = entry.summary;
    const std::uint64_t lost = run.failed + run.timed_out;
    const std::uint64_t all = run.done + lost;
    const bool changed =
        std::any_of(history.series.begin(), history.series.end(), [&](const HistorySeries& each) {
          return std::any_of(each.changes.begin(), each.changes.end(),
                             [&](const HistorySeries::Change& at) { return at.entry == i; });
        });
    table.rows.push_back(
        {{entry_name(entry, i), Tone::Strong},
         {day_text(run.header.created_unix_ms)},
         {entry.branch},
         {count(run.done)},
         {run.done > 0 ? seconds(run.response_s.mean) : "–"},
         {quantile(run.response_s, 0.5)},
         {quantile(run.response_s, 0.95)},
         {run.cost_usd.count > 0 ? usd(run.cost_usd.mean) : "–"},
         {all > 0 ? percent(static_cast<double>(lost) / static_cast<double>(all)) : "–",
          lost > 0 ? Tone::Bad : Tone::Plain},
         {changed     ? "changed"
          : run.valid ? ""
                      : "invalid",
          Tone::Warn}});
    if (!entry.reason.empty()) {
      table.notes.push_back(
          {{entry_name(entry, i) + " became a baseline: " + entry.reason, Tone::Dim}});
    }
  }
  return table;
}

std::string amount(double value, const HistorySeries& series) {
  return in_unit(value, series.unit);
}

}  // namespace

std::string series_label(const HistorySeries& series) {
  // "response_s p95" and "stage image response_s mean" without the unit that the figures bear.
  const std::string_view name = series.name;
  const std::size_t space = name.rfind(' ');
  const std::string statistic(space == name.npos ? std::string_view() : name.substr(space));
  const std::string what = series.unit == "s"     ? "response"
                           : series.unit == "USD" ? "cost"
                                                  : "errors";
  const std::string of = series.stage.empty() ? "" : series.stage + ", ";
  return of + what + (series.unit == "%" ? "" : statistic);
}

std::string entry_name(const HistoryEntry& entry, std::size_t place) {
  return entry.label.empty() ? "#" + std::to_string(place + 1) : entry.label;
}

Document history_document(const History& history) {
  Document out;
  out.title = history.scenario + ": history";
  Paragraph head;
  head.lines.push_back({{history.scenario.empty() ? "no runs" : history.scenario, Tone::Strong},
                        {" · " + plural(history.entries.size(), "run") +
                         (history.branch.empty() ? "" : " of branch " + history.branch)}});
  for (const HistorySeries& series : history.series) {
    for (const HistorySeries::Change& at : series.changes) {
      const std::string what = series_label(series);
      const bool worse = at.after > at.before;
      head.lines.push_back(
          {{what, Tone::Strong},
           {" " + amount(at.before, series) + " → " + amount(at.after, series)},
           {" (" + change(at.change()) + ")", worse ? Tone::Bad : Tone::Good},
           {at.settled() ? " since " + entry_name(history.entries[at.entry], at.entry)
                         : " in the last " + plural(at.since, "run") +
                               ": too few to say which run made it"}});
    }
  }
  if (history.series.empty() && history.entries.size() >= 6) {
    head.lines.push_back({{"no change of level", Tone::Good}});
  } else if (history.entries.size() < 6) {
    head.lines.push_back({{"change points need at least 6 runs", Tone::Dim}});
  }
  for (const std::string& note : history.notes) {
    head.lines.push_back({{note, Tone::Dim}});
  }
  out.blocks.push_back(std::move(head));
  if (!history.entries.empty()) {
    out.blocks.push_back(runs_table(history));
  }
  return out;
}

json::Value history_json(const History& history) {
  using json::Value;
  Value out = Value::object();
  out.set("schema_version", kJsonVersion);
  out.set("scenario", history.scenario);
  out.set("branch", history.branch);
  out.set("notes", texts_json(history.notes));
  Value& runs = out.set("runs", Value::array());
  for (const HistoryEntry& entry : history.entries) {
    Value& each = runs.push(Value::object());
    each.set("label", entry.label);
    each.set("branch", entry.branch);
    each.set("reason", entry.reason);
    each.set("created_unix_ms", entry.summary.header.created_unix_ms);
    each.set("run", run_json(entry.summary));
  }
  Value& changes = out.set("changes", Value::array());
  for (const HistorySeries& series : history.series) {
    for (const HistorySeries::Change& at : series.changes) {
      Value& each = changes.push(Value::object());
      each.set("metric", series.name);
      each.set("stage", series.stage);
      each.set("run", Value(static_cast<std::int64_t>(at.entry)));
      each.set("before", tidy(at.before));
      each.set("after", tidy(at.after));
      each.set("change", tidy(at.change()));
      each.set("settled", at.settled());
    }
  }
  return out;
}

}  // namespace rehearse::reports
