#include "harness/record/history.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/record/objective.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/side_values.hpp"

namespace rehearse::record {
namespace {

// An entry with the run that it is of.
struct Kept {
  HistoryEntry entry;
  RunPoint whole;
};

Objective watched(Stat stat, Metric metric, double argument = 0) {
  Objective out;
  out.stat = stat;
  out.metric = metric;
  out.argument = argument;
  return out;
}

void add_series(History& out, const std::vector<Kept>& kept, const Objective& what,
                HistorySeries series, double magnitude) {
  std::vector<double> values;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (const std::optional<double> value = run_value(what, kept[i].whole)) {
      values.push_back(*value);
      places.push_back(i);
    }
  }
  std::vector<stats::ChangePoint> points =
      stats::change_points(values, stats::ChangePointOptions{.magnitude = magnitude});
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t end = i + 1 < points.size() ? points[i + 1].at : values.size();
    series.changes.push_back(
        {places[points[i].at], points[i].before, points[i].after, end - points[i].at});
  }
  if (!series.changes.empty()) {
    out.series.push_back(std::move(series));
  }
}

void watch(History& out, const std::vector<Kept>& kept, double magnitude) {
  const auto whole = [&](const char* name, const char* unit, const Objective& what) {
    add_series(out, kept, what, {name, "", unit, {}}, magnitude);
  };
  whole("response_s mean", "s", watched(Stat::Mean, Metric::Response));
  whole("response_s p50", "s", watched(Stat::Quantile, Metric::Response, 0.5));
  whole("response_s p95", "s", watched(Stat::Quantile, Metric::Response, 0.95));
  whole("cost_usd mean", "USD", watched(Stat::Mean, Metric::Cost));
  whole("error_rate", "%", watched(Stat::Rate, Metric::Errors));
  if (kept.empty()) {
    return;
  }
  for (const StageSummary& stage : kept.back().entry.summary.stages) {
    Objective what = watched(Stat::Mean, Metric::Response);
    what.scope = Scope::Stage;
    what.name = stage.info.path;
    add_series(out, kept, what, {"response_s mean", stage.info.path, "s", {}}, magnitude);
  }
}

}  // namespace

History read_history(const std::vector<Run>& runs, const HistoryOptions& options) {
  History out;
  out.branch = options.branch;
  std::vector<Kept> kept;
  std::size_t grids = 0;
  for (const Run& run : runs) {
    for (const Entry& entry : entries_of(run)) {
      if (!options.branch.empty() && entry.branch != options.branch) {
        continue;
      }
      if (!are_replications(run, entry.points)) {
        ++grids;
        continue;
      }
      std::vector<const RunPoint*> points;
      for (const std::size_t point : entry.points) {
        points.push_back(&run.points[point]);
      }
      RunPoint whole = pool(points);
      RunSummary summary = summarise(whole);
      kept.push_back(
          {{entry.label, entry.branch, entry.reason, std::move(summary)}, std::move(whole)});
    }
  }
  if (!kept.empty()) {
    out.scenario = kept.back().whole.header.scenario;
  }
  const std::size_t all = kept.size();
  std::erase_if(kept, [&](const Kept& each) { return each.whole.header.scenario != out.scenario; });
  if (kept.size() < all) {
    out.notes.push_back(std::to_string(all - kept.size()) + " of other scenarios than " +
                        quoted_excerpt(out.scenario) + " are left out");
  }
  if (grids > 0) {
    out.notes.push_back(std::to_string(grids) +
                        " that hold a grid or both sides of a comparison are left out");
  }
  watch(out, kept, options.magnitude);
  for (Kept& each : kept) {
    out.entries.push_back(std::move(each.entry));
  }
  return out;
}

}  // namespace rehearse::record
