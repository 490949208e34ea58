#include <algorithm>
#include <map>

#include "reports/charts.hpp"
#include "reports/figures.hpp"
#include "reports/sweep_axes.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

constexpr std::size_t kMostCurves = 8;

// Points of one curve at one place of the axis; several where axes are averaged over.
using Group = std::vector<const RunSummary*>;
using Curve = std::map<double, Group>;
using Curves = std::map<std::string, Curve>;

bool is_load(const std::string& name) {
  return name == "concurrency" || name == "users" || name == "rate";
}

template <typename Value>
double mean_over(const Group& group, Value value) {
  double sum = 0;
  for (const RunSummary* point : group) {
    sum += value(*point);
  }
  return sum / static_cast<double>(group.size());
}

double mean_response(const RunSummary& point) { return point.response_s.mean; }
double p95_response(const RunSummary& point) { return spoken(point, true); }
double throughput(const RunSummary& point) { return point.throughput_per_s; }
double cost(const RunSummary& point) { return point.cost_usd.mean; }

const Axis* longest(const std::vector<Axis>& axes) {
  const Axis* out = nullptr;
  for (const Axis& axis : axes) {
    const bool better =
        out == nullptr || (is_load(axis.name) && !is_load(out->name)) ||
        (is_load(axis.name) == is_load(out->name) && axis.values.size() > out->values.size());
    out = axis.numeric() && better ? &axis : out;
  }
  return out;
}

// The axis whose values differ most in mean response: what is worth a colour.
const Axis* strongest(std::span<const RunSummary> points, const std::vector<Axis>& axes,
                      const Axis* without) {
  const Axis* out = nullptr;
  double widest = -1;
  for (const Axis& axis : axes) {
    std::vector<Group> groups(axis.values.size());
    for (const RunSummary& point : points) {
      if (const auto place = place_on(axis, point); place && point.done > 0) {
        groups[*place].push_back(&point);
      }
    }
    double least = 1e300;
    double most = 0;
    for (const Group& group : groups) {
      if (!group.empty()) {
        least = std::min(least, mean_over(group, &mean_response));
        most = std::max(most, mean_over(group, &mean_response));
      }
    }
    if (&axis != without && most - least > widest) {
      widest = most - least;
      out = &axis;
    }
  }
  return out;
}

// What tells the curves apart: every other axis, or the strongest alone where that were too many.
std::vector<const Axis*> telling(std::span<const RunSummary> points, const std::vector<Axis>& axes,
                                 const Axis* along) {
  std::vector<const Axis*> out;
  std::size_t curves = 1;
  for (const Axis& axis : axes) {
    if (&axis != along) {
      out.push_back(&axis);
      curves *= axis.values.size();
    }
  }
  if (curves > kMostCurves) {
    const Axis* one = strongest(points, axes, along);
    out = one != nullptr && one->values.size() <= kMostCurves ? std::vector<const Axis*>{one}
                                                              : std::vector<const Axis*>{};
  }
  return out;
}

Curves curves_of(std::span<const RunSummary> points, const Axis& along,
                 const std::vector<const Axis*>& by) {
  Curves out;
  for (const RunSummary& point : points) {
    const json::Value* x = value_on(point, along.name);
    if (x == nullptr || !x->is_number() || point.done == 0) {
      continue;
    }
    std::vector<std::string> parts;
    for (const Axis* axis : by) {
      const json::Value* value = value_on(point, axis->name);
      parts.push_back(value == nullptr ? "–" : axis_text(*value));
    }
    out[parts.empty() ? "all" : joined(parts, " · ")][x->as_double()].push_back(&point);
  }
  return out;
}

// The knee of a load curve: the load of most power, throughput over response time (Kleinrock, Power
// and deterministic rules of thumb, ICC 1979). Only inside the tested range.
std::optional<double> knee(const Curve& curve) {
  if (curve.size() < 3) {
    return std::nullopt;
  }
  const auto power = [](const Group& group) {
    const double response = mean_over(group, &mean_response);
    return response > 0 ? mean_over(group, &throughput) / response : 0;
  };
  const auto best = std::max_element(curve.begin(), curve.end(), [&](const auto& a, const auto& b) {
    return power(a.second) < power(b.second);
  });
  const bool inside = best != curve.begin() && std::next(best) != curve.end();
  return inside ? std::optional<double>(best->first) : std::nullopt;
}

// The knees in words, and as marks of a drawing.
std::string knees(const Curves& curves, json::Value& marks) {
  std::map<double, std::vector<std::string>> at;
  for (const auto& [name, curve] : curves) {
    if (const auto bend = knee(curve)) {
      at[*bend].push_back(name);
    }
  }
  std::vector<std::string> parts;
  for (const auto& [x, names] : at) {
    json::Value& mark = marks.push(numbers({x}));
    mark.push("knee" + (curves.size() > 1 ? " " + joined(names, ", ") : std::string()));
    parts.push_back((curves.size() > 1 ? joined(names, ", ") + " at " : "at ") + number(x));
  }
  return parts.empty() ? "No knee lies inside the tested range."
                       : (curves.size() > 1 ? "Knees: " : "Knee ") + joined(parts, "; ") +
                             ": the most throughput per response time (Kleinrock's power).";
}

template <typename Value>
Plot curve_plot(const Curves& curves, const Axis& axis, const std::string& y, Value value,
                double scale, const json::Value& marks) {
  json::Value data = json::Value::object();
  data.set("kind", "lines");
  data.set("x", axis.name);
  data.set("y", y);
  data.set("height", 200);
  data.set("points", true);
  if (axis.values.size() <= 12) {
    data.set("ticks", json::Value(axis.values));
  }
  data.set("marks", marks);
  json::Value& series = data.set("series", json::Value::array());
  for (const auto& [name, curve] : curves) {
    json::Value each = json::Value::object();
    each.set("name", name);
    json::Value& list = each.set("points", json::Value::array());
    for (const auto& [x, group] : curve) {
      list.push(numbers({x, mean_over(group, value) / scale}));
    }
    series.push(std::move(each));
  }
  return {y + " by " + axis.name, std::move(data)};
}

Table curve_table(const Curves& curves, const Axis& axis, bool p95, bool billed) {
  Table out;
  out.title = "Along " + axis.name;
  if (curves.size() > 1) {
    out.columns.push_back({"with", false, 0});
  }
  out.columns.push_back({axis.name, true, 0});
  out.columns.push_back({p95 ? "p95" : "mean", true, 0});
  out.columns.push_back({"jobs/s", true, 0});
  if (billed) {
    out.columns.push_back({"cost a job", true, 0});
  }
  for (const auto& [name, curve] : curves) {
    for (const auto& [x, group] : curve) {
      std::vector<Text> row;
      if (curves.size() > 1) {
        row.push_back({name});
      }
      row.push_back({number(x)});
      row.push_back(
          {seconds(p95 ? mean_over(group, &p95_response) : mean_over(group, &mean_response))});
      row.push_back({number(mean_over(group, &throughput))});
      if (billed) {
        row.push_back({usd(mean_over(group, &cost))});
      }
      out.rows.push_back(std::move(row));
    }
  }
  return out;
}

}  // namespace

std::string knee_sentence(std::span<const RunSummary> points) {
  const std::vector<Axis> axes = axes_of(points);
  const Axis* const along = longest(axes);
  if (along == nullptr || !is_load(along->name)) {
    return "";
  }
  const Curves curves = curves_of(points, *along, telling(points, axes, along));
  if (curves.size() != 1) {
    return "";
  }
  const Curve& curve = curves.begin()->second;
  const auto bend = knee(curve);
  if (!bend) {
    return "";
  }
  const Group& group = curve.at(*bend);
  const bool p95 = carries_p95(points);
  return "Knee at " + along->name + "=" + number(*bend) + ": " +
         number(mean_over(group, &throughput)) + " jobs/s at a " + (p95 ? "p95" : "mean") + " of " +
         seconds(p95 ? mean_over(group, &p95_response) : mean_over(group, &mean_response));
}

std::optional<Chart> curves_chart(std::span<const RunSummary> points,
                                  const std::vector<Axis>& axes) {
  const Axis* const along = longest(axes);
  if (along == nullptr) {
    return std::nullopt;
  }
  const std::vector<const Axis*> by = telling(points, axes, along);
  const Curves curves = curves_of(points, *along, by);
  if (curves.empty() || curves.size() > kMostCurves) {
    return std::nullopt;
  }
  const bool p95 = carries_p95(points);
  double most = 0;
  bool billed = false;
  for (const RunSummary& point : points) {
    most = std::max(most, spoken(point, p95));
    billed = billed || point.cost_usd.mean > 0;
  }
  const TimeUnit unit = time_unit(most);
  Chart out;
  out.title = "Along " + along->name;
  json::Value marks = json::Value::array();
  if (is_load(along->name)) {
    out.caption = knees(curves, marks);
  }
  if (by.size() + 1 < axes.size()) {
    out.caption += (out.caption.empty() ? "" : " ") + std::string("Means over the other axes.");
  }
  const json::Value none = json::Value::array();
  const std::string response = std::string(p95 ? "p95" : "mean") + " response, " + unit.name;
  const auto value = p95 ? &p95_response : &mean_response;
  out.plots.push_back(curve_plot(curves, *along, response, value, unit.seconds, marks));
  out.plots.push_back(curve_plot(curves, *along, "jobs/s", &throughput, 1, none));
  if (billed) {
    out.plots.push_back(curve_plot(curves, *along, "USD a job", &cost, 1, none));
  }
  for (Plot& plot : out.plots) {
    plot.data.set("legend", &plot == &out.plots.front());
    plot.data.set("x_title", &plot == &out.plots.back());
  }
  out.table = curve_table(curves, *along, p95, billed);
  return out;
}

}  // namespace rehearse::reports
