#include <algorithm>
#include <map>

#include "reports/charts.hpp"
#include "reports/figures.hpp"
#include "reports/sweep_axes.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

constexpr std::size_t kMostPoints = 400;
constexpr std::size_t kMostPairs = 6;

struct Cell {
  double sum = 0;
  std::size_t points = 0;
};

std::optional<Chart> heat_chart(std::span<const RunSummary> points, const Axis& x, const Axis& y) {
  const bool p95 = carries_p95(points);
  std::map<std::pair<std::size_t, std::size_t>, Cell> cells;
  bool averaged = false;
  for (const RunSummary& point : points) {
    const auto column = place_on(x, point);
    const auto row = place_on(y, point);
    if (column && row && point.done > 0) {
      Cell& cell = cells[{*row, *column}];
      cell.sum += spoken(point, p95);
      averaged = ++cell.points > 1 || averaged;
    }
  }
  if (cells.size() < 4 || cells.size() > kMostPoints) {
    return std::nullopt;
  }
  const std::string what = p95 ? "p95 response" : "mean response";
  json::Value data = json::Value::object();
  data.set("kind", "heat");
  data.set("x", x.name);
  data.set("y", y.name);
  data.set("value", what);
  json::Value& list = data.set("cells", json::Value::array());
  Chart out;
  out.compact = true;
  out.title = what + " by " + y.name + " and " + x.name;
  out.caption = averaged ? "Each cell is the mean over the points of the other axes." : "";
  out.table.title = out.title;
  out.table.columns = {{y.name, false, 0}};
  for (const json::Value& value : x.values) {
    out.table.columns.push_back({x.name + " " + axis_text(value), true, 0});
  }
  for (std::size_t row = 0; row < y.values.size(); ++row) {
    std::vector<Text> line{{axis_text(y.values[row])}};
    line.resize(x.values.size() + 1, Text{"–"});
    for (std::size_t column = 0; column < x.values.size(); ++column) {
      const auto cell = cells.find({row, column});
      if (cell != cells.end()) {
        const double value = cell->second.sum / static_cast<double>(cell->second.points);
        json::Value entry = json::Value::array();
        entry.push(axis_text(x.values[column]));
        entry.push(axis_text(y.values[row]));
        entry.push(numbers({value}).items().front());
        entry.push(seconds(value));
        list.push(std::move(entry));
        line[column + 1].text = seconds(value);
      }
    }
    out.table.rows.push_back(std::move(line));
  }
  out.plots.push_back({"Heat map: " + out.title, std::move(data)});
  return out;
}

}  // namespace

std::vector<Chart> sweep_charts(std::span<const RunSummary> points) {
  const std::vector<Axis> axes = axes_of(points);
  std::vector<Chart> out;
  if (auto chart = curves_chart(points, axes)) {
    out.push_back(std::move(*chart));
  }
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    for (std::size_t j = i + 1; j < axes.size() && pairs < kMostPairs; ++j) {
      if (auto chart = heat_chart(points, axes[j], axes[i])) {
        out.push_back(std::move(*chart));
        ++pairs;
      }
    }
  }
  return out;
}

std::optional<Chart> pareto_chart(std::span<const RunSummary> points) {
  const bool p95 = carries_p95(points);
  std::vector<const RunSummary*> shown;
  double most = 0;
  std::map<std::pair<double, double>, std::size_t> equals;  // points at one place
  for (const RunSummary& point : points) {
    if (point.done > 0 && point.cost_usd.mean > 0 && shown.size() < kMostPoints) {
      if (++equals[{spoken(point, p95), point.cost_usd.mean}] == 1) {
        shown.push_back(&point);
      }
      most = std::max(most, spoken(point, p95));
    }
  }
  const auto name_of = [&](const RunSummary& point) {
    const std::size_t more = equals[{spoken(point, p95), point.cost_usd.mean}] - 1;
    return point.header.point + (more > 0 ? " (and " + plural(more, "other") + ")" : "");
  };
  if (shown.size() < 3) {
    return std::nullopt;
  }
  const auto beats = [&](const RunSummary& a, const RunSummary& b) {
    const bool no_worse = spoken(a, p95) <= spoken(b, p95) && a.cost_usd.mean <= b.cost_usd.mean;
    return no_worse && (spoken(a, p95) < spoken(b, p95) || a.cost_usd.mean < b.cost_usd.mean);
  };
  const TimeUnit unit = time_unit(most);
  json::Value data = json::Value::object();
  data.set("kind", "pareto");
  data.set("x", std::string(p95 ? "p95" : "mean") + " response, " + unit.name);
  data.set("y", "USD a job");
  json::Value& list = data.set("points", json::Value::array());
  Chart out;
  out.table.title = "The front: points of which no other is both as fast and as cheap";
  out.table.columns = {
      {"point", false, 0}, {p95 ? "p95" : "mean", true, 0}, {"cost a job", true, 0}};
  std::size_t front = 0;
  for (const RunSummary* point : shown) {
    const bool best = std::none_of(shown.begin(), shown.end(),
                                   [&](const RunSummary* other) { return beats(*other, *point); });
    json::Value& row = list.push(numbers({unit.of(spoken(*point, p95)), point->cost_usd.mean}));
    row.push(name_of(*point));
    row.push(best);
    front += best ? 1u : 0u;
    if (best) {
      out.table.rows.push_back(
          {{name_of(*point)}, {seconds(spoken(*point, p95))}, {usd(point->cost_usd.mean)}});
    }
  }
  data.set("labels", front <= 6);
  out.title = "Cost against latency";
  out.caption =
      "On the Pareto front, nothing is both faster and cheaper: " + std::to_string(front) + " of " +
      plural(shown.size(), "place") + ".";
  out.plots.push_back(
      {"Scatter plot of cost a job against response time: " + out.caption, std::move(data)});
  return out;
}

}  // namespace rehearse::reports
