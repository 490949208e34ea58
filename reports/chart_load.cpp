#include <algorithm>
#include <cmath>

#include "reports/charts.hpp"
#include "reports/figures.hpp"
#include "reports/plan_tables.hpp"

namespace rehearse::reports {
namespace {

using record::CapacityKnee;
using record::CapacityObjective;
using record::CapacityPoint;

constexpr std::size_t kMostObjectives = 3;

// How a value of an objective is drawn: its unit on the axis, and the factor to it.
struct LoadScale {
  std::string title;
  double factor = 1;
  const char* format = "";
};

LoadScale scale_of(const std::string& unit, double most) {
  if (unit == "s") {
    const TimeUnit time = time_unit(most);
    return {std::string(time.name), 1 / time.seconds};
  }
  return unit == "%" ? LoadScale{"share", 1, ".1~%"} : LoadScale{unit, 1};
}

// The unit in which loads up to `most` are numbers that people read.
struct LoadUnit {
  const char* title;
  double factor = 1;
};
LoadUnit load_unit(const std::string& axis, double most) {
  return axis == "users"  ? LoadUnit{"users"}
         : most >= 0.1    ? LoadUnit{"arrivals a second"}
         : most * 60 >= 1 ? LoadUnit{"arrivals a minute", 60}
                          : LoadUnit{"arrivals an hour", 3600};
}

// Objectives whose values stand in the curve: what binds first.
std::vector<std::size_t> drawn_objectives(const CapacityKnee& knee) {
  std::vector<std::size_t> out;
  for (const bool binds : {true, false}) {
    for (std::size_t i = 0; i < knee.objectives.size(); ++i) {
      const auto has = [&](const CapacityPoint& point) {
        return i < point.values.size() && point.values[i] && std::isfinite(*point.values[i]);
      };
      const bool seen = std::count_if(knee.curve.begin(), knee.curve.end(), has) > 1;
      if (seen && (knee.objectives[i].role == "binds") == binds &&
          knee.objectives[i].role != "unread" && out.size() < kMostObjectives) {
        out.push_back(i);
      }
    }
  }
  return out;
}

// The loads that are worth a drawing: past the knee by half, or all there are.
double farthest_load(const CapacityKnee& knee, std::optional<double> today) {
  double most = 0;
  for (const CapacityPoint& point : knee.curve) {
    most = std::max(most, point.load);
  }
  return knee.end == "found" ? std::min(most, std::max(knee.load, today.value_or(0)) * 1.5) : most;
}

Plot objective_plot(const CapacityKnee& knee, std::size_t at, std::optional<double> today) {
  const CapacityObjective& objective = knee.objectives[at];
  const double end = farthest_load(knee, today);
  double most = objective.limit;
  double inside = objective.limit;
  for (const CapacityPoint& point : knee.curve) {
    const auto value = at < point.values.size() ? point.values[at] : std::nullopt;
    if (value && std::isfinite(*value) && point.load <= end) {
      most = std::max(most, *value);
      inside = point.load <= knee.load ? std::max(inside, *value) : inside;
    }
  }
  // Past the knee the curve leaves by the top: what is below the limit must stay readable.
  const double top = std::min(most * 1.3, std::max(inside, objective.limit) * 2);
  const LoadScale scale = scale_of(objective.unit, top);
  const auto [load_title, factor] = load_unit(knee.axis, end);
  json::Value data = json::Value::object();
  data.set("kind", "load");
  data.set("x", load_title);
  data.set("title", objective.text);
  data.set("y", scale.title);
  data.set("y_format", scale.format);
  data.set("end", end * factor);
  data.set("top", top * scale.factor);
  json::Value& limit = data.set("limit", numbers({objective.limit * scale.factor}));
  limit.push("limit " + in_unit(objective.limit, objective.unit));
  if (knee.end == "found") {
    json::Value& found =
        data.set("knee", numbers({knee.load * factor, knee.low * factor, knee.high * factor}));
    found.push("at most " + load_text(knee.axis, knee.load));
  }
  if (today) {
    json::Value& now = data.set("today", numbers({*today * factor}));
    now.push("today " + load_text(knee.axis, *today));
  }
  json::Value& points = data.set("points", json::Value::array());
  for (const CapacityPoint& point : knee.curve) {
    const auto value = at < point.values.size() ? point.values[at] : std::nullopt;
    if (value && std::isfinite(*value)) {
      json::Value& row = points.push(numbers({point.load * factor, *value * scale.factor}));
      row.push(point.growing ? "the backlog grows" : "steady");
    }
  }
  return {"Line chart of " + objective.text + " against the load, with its limit of " +
              in_unit(objective.limit, objective.unit),
          std::move(data)};
}

Table curve_table(const CapacityKnee& knee, const std::vector<std::size_t>& objectives) {
  Table out;
  out.title = knee.axis == "users" ? "Every number of users that was played"
                                   : "Every arrival rate that was played";
  out.columns = {{"load", true, 0}};
  for (const std::size_t at : objectives) {
    out.columns.push_back({knee.objectives[at].text, true, 0});
  }
  for (const char* title : {"jobs/s done", "mean response", "lost", "cost a job"}) {
    out.columns.push_back({title, true, 0});
  }
  out.columns.push_back({"", false, 0});
  for (const CapacityPoint& point : knee.curve) {
    std::vector<Text> row{{load_text(knee.axis, point.load)}};
    for (const std::size_t at : objectives) {
      const auto value = at < point.values.size() ? point.values[at] : std::nullopt;
      row.push_back({value ? in_unit(*value, knee.objectives[at].unit) : "–"});
    }
    row.push_back({number(point.throughput_per_s)});
    row.push_back({seconds(point.response_s)});
    row.push_back({percent(1 - point.done_share)});
    row.push_back({usd(point.cost_usd)});
    row.push_back({point.growing ? "the backlog grows" : "", Tone::Bad});
    out.rows.push_back(std::move(row));
  }
  return out;
}

}  // namespace

std::optional<Chart> load_chart(const CapacityKnee& knee, std::optional<double> today) {
  const std::vector<std::size_t> objectives = drawn_objectives(knee);
  if (knee.curve.size() < 2 || objectives.empty()) {
    return std::nullopt;
  }
  Chart out;
  out.title = knee.axis == "users" ? "Users against what they get" : "Arrivals against the answers";
  out.caption =
      "Each point is a load that was played. Dashed across: the limit of the objective. Upright: "
      "the largest load inside all of them, with its 95% interval.";
  for (const std::size_t at : objectives) {
    out.plots.push_back(objective_plot(knee, at, knee.axis == "rate" ? today : std::nullopt));
    out.plots.back().data.set("height", at == objectives.front() ? 240 : 130);
    out.plots.back().data.set("x_title", at == objectives.back());
  }
  out.table = curve_table(knee, objectives);
  return out;
}

std::optional<Chart> limits_chart(const CapacityKnee& knee, const Table& table) {
  constexpr std::size_t kMostLimits = 12;
  json::Value data = json::Value::object();
  data.set("kind", "bridge");
  data.set("x", "used at " + load_text(knee.axis, knee.load));
  data.set("x_format", ".0%");
  data.set("full", true);
  json::Value& rows = data.set("rows", json::Value::array());
  for (const record::CapacityLimit& limit : knee.limits) {
    if (rows.items().size() == kMostLimits || !std::isfinite(limit.utilisation)) {
      break;
    }
    json::Value& row = rows.push(json::Value::array());
    row.push(limit.name);
    push_numbers(row, {0, limit.utilisation});
    row.push(limit.utilisation >= 0.9 ? "bad" : limit.utilisation >= 0.7 ? "warn" : "main");
    row.push(percent(limit.utilisation));
  }
  if (rows.items().empty()) {
    return std::nullopt;
  }
  Chart out;
  out.title = table.title;
  out.table = table;
  out.table_open = true;
  out.plots.push_back({"Bar chart of how much of each limit is used at " +
                           load_text(knee.axis, knee.load) + ", fullest first",
                       std::move(data)});
  return out;
}

}  // namespace rehearse::reports
