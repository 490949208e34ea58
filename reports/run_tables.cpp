#include "reports/run_tables.hpp"

#include <algorithm>
#include <map>

#include "reports/figures.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;
using record::StageSummary;

Text share_text(double share, bool measured) {
  return measured ? Text{percent(share), Tone::Plain, share} : Text{"–"};
}

std::string stage_name_cell(const StageSummary& stage) {
  const std::string& label = stage.depth == 0 ? stage.info.path : stage.info.name;
  return std::string(2 * stage.depth, ' ') + label + (stage.info.background ? " (background)" : "");
}

std::vector<Text> stage_row(const StageSummary& stage) {
  const bool measured = stage.response_s.count > 0;
  return {{stage_name_cell(stage)},
          {measured ? seconds(stage.response_s.mean) : "–"},
          {seconds(stage.response_s.p50)},
          {seconds(stage.response_s.p95)},
          share_text(stage.share, measured),
          share_text(stage.critical_share, measured),
          {stage.cost_usd > 0 ? usd(stage.cost_usd) : ""},
          {error_text(stage), Tone::Bad}};
}

// "basis of the times: 6 measured, 2 assumed (publish/upload, publish/insert)": what is assumed is
// named.
Line basis_line(const RunSummary& run) {
  std::vector<std::string> kinds;
  std::map<std::string, std::vector<std::string>> stages;
  for (const StageSummary& stage : run.stages) {
    const std::string& basis = stage.info.basis;
    if (basis.empty()) {
      continue;
    }
    if (stages.find(basis) == stages.end()) {
      kinds.push_back(basis);
    }
    stages[basis].push_back(stage.info.path);
  }
  constexpr std::size_t kMostNamed = 4;
  std::vector<std::string> parts;
  for (const std::string& kind : kinds) {
    std::vector<std::string>& named = stages[kind];
    std::string part = count(named.size()) + " " + kind;
    if (kind == "assumed") {
      const std::size_t more = named.size() - std::min(named.size(), kMostNamed);
      named.resize(named.size() - more);
      part += " (" + joined(named, ", ") + (more > 0 ? ", " + count(more) + " more" : "") + ")";
    }
    parts.push_back(std::move(part));
  }
  return parts.empty() ? Line() : Line{{"basis of the times: " + joined(parts, ", "), Tone::Dim}};
}

std::vector<Line> sources_of(const RunSummary& run) {
  std::vector<Line> out;
  for (const StageSummary& stage : run.stages) {
    const record::StageInfo& info = stage.info;
    std::vector<std::string> parts;
    for (const std::string* part : {&info.note, &info.basis, &info.source}) {
      if (!part->empty()) {
        parts.push_back(*part);
      }
    }
    if (!parts.empty()) {
      out.push_back({{info.path + ": ", Tone::Dim}, {joined(parts, "; "), Tone::Dim}});
    }
  }
  return out;
}

}  // namespace

void drop_empty(Table& table) {
  for (std::size_t column = table.columns.size(); column-- > 1;) {
    const bool empty = std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
      return row[column].text.empty() || row[column].text == "–";
    });
    if (empty) {
      const auto at = static_cast<std::ptrdiff_t>(column);
      table.columns.erase(table.columns.begin() + at);
      for (auto& row : table.rows) {
        row.erase(row.begin() + at);
      }
    }
  }
}

std::string error_text(const StageSummary& stage) {
  std::vector<std::string> parts;
  for (const auto& [name, n] : stage.errors) {
    parts.push_back(name + " " + count(n));
  }
  if (parts.empty() && stage.failed + stage.timed_out + stage.rejected > 0) {
    return count(stage.failed + stage.timed_out + stage.rejected);
  }
  return joined(parts, ", ");
}

Table stage_table(const RunSummary& run) {
  Table out;
  out.title = "Stages";
  out.columns = {{"stage", false, 0}, {"mean", true, 0},   {"p50", true, 8},
                 {"p95", true, 4},    {"share", true, 1},  {"critical", true, 0},
                 {"cost", true, 2},   {"errors", false, 3}};
  for (const StageSummary& stage : run.stages) {
    out.rows.push_back(stage_row(stage));
  }
  drop_empty(out);
  if (Line basis = basis_line(run); !basis.empty()) {
    out.notes.push_back(std::move(basis));
  }
  out.details = sources_of(run);
  return out;
}

Table call_table(const RunSummary& run) {
  Table out;
  out.title = "Calls, waiting, caches";
  out.columns = {{"stage", false, 0},    {"queue", true, 0},     {"ttft", true, 2},
                 {"each item", true, 3}, {"calls", true, 1},     {"retries", true, 0},
                 {"hedges", true, 6},    {"truncated", true, 0}, {"cache hits", true, 0},
                 {"skipped", true, 5},   {"rejected", true, 4}};
  const auto some = [](std::uint64_t n) { return n == 0 ? std::string() : count(n); };
  for (const StageSummary& stage : run.stages) {
    if (stage.info.kind == record::StageRowKind::Group && stage.queue_s.max <= 0) {
      continue;  // its inner stages say it
    }
    const bool streamed = stage.info.kind == record::StageRowKind::Call && stage.ttft_s.total > 0;
    std::vector<Text> row{{stage.info.path},
                          {stage.queue_s.max > 0 ? seconds(stage.queue_s.mean) : ""},
                          {streamed ? seconds(stage.ttft_s.mean) : ""},
                          {stage.each_s.count > 0 ? seconds(stage.each_s.mean) : ""},
                          {some(stage.calls)},
                          {some(stage.retries), Tone::Warn},
                          {some(stage.hedges)},
                          {some(stage.truncated), Tone::Warn},
                          {some(stage.cache_hits)},
                          {some(stage.skipped)},
                          {some(stage.rejected), Tone::Bad}};
    if (std::any_of(row.begin() + 1, row.end(), [](const Text& t) { return !t.text.empty(); })) {
      out.rows.push_back(std::move(row));
    }
  }
  drop_empty(out);
  // One call a job and nothing else: the stage table has said it.
  if (out.columns.size() == 2 && out.columns[1].title == "calls") {
    out.rows.clear();
  }
  return out;
}

Table wire_table(const RunSummary& run) {
  Table out;
  out.title = "HTTP and streams";
  out.columns = {{"stage", false, 0},  {"opened", true, 3}, {"dns", true, 5},
                 {"connect", true, 2}, {"tls", true, 4},    {"first byte", true, 0},
                 {"body", true, 1},    {"added", true, 2},  {"itl", true, 0},
                 {"itl p95", true, 6}, {"tpot", true, 2}};
  const auto mean = [](const record::Spread& spread) {
    return spread.count > 0 && spread.max > 0 ? seconds(spread.mean) : std::string();
  };
  for (const StageSummary& stage : run.stages) {
    const record::WireSummary& wire = stage.wire;
    if (wire.first_byte_s.count == 0 && wire.itl_s.count == 0) {
      continue;
    }
    out.rows.push_back({{stage.info.path},
                        {wire.connect_s.count > 0 ? count(wire.connect_s.count) : ""},
                        {mean(wire.dns_s)},
                        {mean(wire.connect_s)},
                        {mean(wire.tls_s)},
                        {mean(wire.first_byte_s)},
                        {mean(wire.body_s)},
                        {mean(wire.added_s)},
                        {mean(wire.itl_s)},
                        {wire.itl_s.count > 0 ? quantile(wire.itl_s, 0.95) : ""},
                        {mean(wire.tpot_s)}});
  }
  drop_empty(out);
  return out;
}

Table objective_table(const RunSummary& run) {
  Table out;
  out.title = "Objectives";
  out.columns = {{"objective", false, 0},
                 {"found", true, 0},
                 {"", false, 0},
                 {"level", false, 1},
                 {"source", false, 2}};
  for (const record::ObjectiveSummary& objective : run.objectives) {
    const Text met = !objective.met   ? Text{objective.why, Tone::Warn}
                     : *objective.met ? Text{"met", Tone::Good}
                                      : Text{"missed", Tone::Bad};
    out.rows.push_back({{objective.info.text},
                        {objective.value ? in_unit(*objective.value, objective.unit) : "–"},
                        met,
                        {objective.info.level},
                        {objective.info.source}});
  }
  drop_empty(out);
  return out;
}

Table task_table(const RunSummary& run) {
  Table out;
  out.title = "Tasks";
  out.columns = {{"task", false, 0}, {"done", true, 0}, {"lost", true, 1},      {"mean", true, 0},
                 {"p50", true, 3},   {"p95", true, 2},  {"cost a job", true, 4}};
  for (const record::TaskSummary& task : run.tasks) {
    const std::uint64_t lost = task.failed + task.timed_out + task.cancelled;
    out.rows.push_back({{task.name},
                        {count(task.done)},
                        {count(lost), lost > 0 ? Tone::Bad : Tone::Plain},
                        {task.done > 0 ? seconds(task.response_s.mean) : "–"},
                        {quantile(task.response_s, 0.5)},
                        {quantile(task.response_s, 0.95)},
                        {usd(task.cost_usd.mean)}});
  }
  return out;
}

Table resource_table(const RunSummary& run) {
  Table out;
  out.title = "Resources";
  out.columns = {{"resource", false, 0}, {"slots", true, 2},         {"used", true, 0},
                 {"mean wait", true, 0}, {"longest queue", true, 1}, {"rejected", true, 3}};
  for (const record::ResourceSummary& resource : run.resources) {
    out.rows.push_back({{resource.name},
                        {number(resource.slots)},
                        {percent(resource.utilisation), Tone::Plain, resource.utilisation},
                        {resource.queue_s.count > 0 ? seconds(resource.queue_s.mean) : "–"},
                        {count(resource.max_queue)},
                        {resource.rejected > 0 ? count(resource.rejected) : ""}});
  }
  drop_empty(out);
  return out;
}

}  // namespace rehearse::reports
