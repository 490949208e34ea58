#include "harness/study/grid.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"

namespace rehearse::study {
namespace {

std::string value_text(const json::Value& value) {
  return value.is_string() ? value.as_string() : json::dump(value);
}

void apply(GridPoint& point, const std::string& axis, const json::Value& value) {
  point.axes.set(axis, value);
  point.name += (point.name.empty() ? "" : ", ") + axis + "=" + value_text(value);
  if (axis != "variant") {
    point.selection.parameters[axis] = value;
    return;
  }
  for (std::string& name : split_variants(value_text(value))) {
    point.selection.variants.push_back(std::move(name));
  }
}

}  // namespace

std::vector<std::string> split_variants(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t plus = text.find('+');
    const std::string_view name = text.substr(0, plus);
    if (!name.empty() && name != "base") {
      out.emplace_back(name);
    }
    text.remove_prefix(plus == std::string_view::npos ? text.size() : plus + 1);
  }
  return out;
}

json::Value parse_value(std::string_view text) {
  const Result<json::Value> read = json::parse(text);
  if (read && (read->is_number() || read->is_bool())) {
    json::Value value = *read;
    value.set_position({});
    return value;
  }
  return json::Value(text);
}

Result<scenarios::SweepAxis> parse_axis(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return Error{"--sweep", "expected name=a,b,c or own, found " + quoted_excerpt(text)};
  }
  scenarios::SweepAxis axis;
  axis.name = std::string(text.substr(0, equals));
  std::string_view rest = text.substr(equals + 1);
  for (;;) {
    const std::size_t comma = rest.find(',');
    const std::string_view value = rest.substr(0, comma);
    if (value.empty()) {
      return Error{"--sweep", "expected a value between the commas of " + quoted_excerpt(text)};
    }
    axis.values.push_back(parse_value(value));
    if (comma == std::string_view::npos) {
      return axis;
    }
    rest.remove_prefix(comma + 1);
  }
}

Result<std::vector<GridPoint>> make_grid(const scenarios::Selection& base,
                                         const std::vector<scenarios::SweepAxis>& axes) {
  double count = 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].values.empty()) {
      return Error{"sweep axis \"" + axes[i].name + "\"", "has no values: expected at least one"};
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (axes[j].name == axes[i].name) {
        return Error{"sweep axis \"" + axes[i].name + "\"",
                     "is given twice: put its values together"};
      }
    }
    count *= static_cast<double>(axes[i].values.size());
  }
  if (count > static_cast<double>(kMostPoints)) {
    return Error{"--sweep", "makes " + number_text(count) + " points, and at most " +
                                std::to_string(kMostPoints) +
                                " are run: sweep fewer values at once"};
  }
  std::vector<GridPoint> points{{.selection = base, .axes = json::Value::object(), .name = ""}};
  for (const scenarios::SweepAxis& axis : axes) {
    std::vector<GridPoint> next;
    for (const GridPoint& point : points) {
      for (const json::Value& value : axis.values) {
        next.push_back(point);
        apply(next.back(), axis.name, value);
      }
    }
    points = std::move(next);
  }
  return points;
}

}  // namespace rehearse::study
