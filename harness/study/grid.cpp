#include "harness/study/grid.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/sweep.hpp"

namespace rehearse::study {
namespace {

constexpr const char* kCondition = "the sweep's condition";

std::string value_text(const json::Value& value) {
  return value.is_string() ? value.as_string() : json::dump(value);
}

void apply_one(GridPoint& point, const std::string& axis, const json::Value& value) {
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

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t next = text.find(at);
    out.push_back(text.substr(0, next));
    if (next == std::string_view::npos) {
      return out;
    }
    text.remove_prefix(next + 1);
  }
}

// Several names take a list of values, one each.
void apply(GridPoint& point, const std::vector<std::string>& names, const json::Value& value) {
  if (names.size() == 1) {
    apply_one(point, names.front(), value);
    return;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    apply_one(point, names[i], value.items()[i]);
  }
}

std::optional<scenarios::SweepRange> range_of(const json::Value& value) {
  return value.is_string() ? scenarios::find_range(value.as_string()) : std::nullopt;
}

// How many values an axis has, ranges counted as what they stand for.
double count_values(const scenarios::SweepAxis& axis) {
  double out = 0;
  for (const json::Value& value : axis.values) {
    const auto range = range_of(value);
    out += range ? range->count() : 1;
  }
  return out;
}

std::vector<json::Value> expand(const scenarios::SweepAxis& axis) {
  std::vector<json::Value> out;
  for (const json::Value& value : axis.values) {
    const auto range = range_of(value);
    const std::vector<json::Value> all = range ? range->values() : std::vector{value};
    out.insert(out.end(), all.begin(), all.end());
  }
  return out;
}

Status check_axis(const scenarios::SweepAxis& axis, const std::vector<std::string>& before) {
  const auto wrong = [](std::string_view name, std::string what) {
    return Error{"sweep axis \"" + std::string(name) + "\"", std::move(what)};
  };
  if (axis.values.empty() || count_values(axis) < 1) {
    return wrong(axis.name, "has no values: expected at least one");
  }
  const std::vector<std::string> names = axis.names();
  for (const std::string& name : names) {
    if (std::find(before.begin(), before.end(), name) != before.end()) {
      return wrong(name, "is given twice: put its values together");
    }
  }
  for (const json::Value& value : axis.values) {
    const bool fits = value.is_array() && value.items().size() == names.size();
    if (names.size() > 1 ? !fits : value.is_array()) {
      return wrong(axis.name, "expected " + std::to_string(names.size()) +
                                  " values at a time, as in a,b=1:2,3:4, found " +
                                  quoted_excerpt(value_text(value)));
    }
  }
  return Done{};
}

std::string whole(double count) {
  return count < 1e15 ? std::to_string(static_cast<std::uint64_t>(count)) : number_text(count);
}

Error too_many(double count, double seconds_a_point) {
  constexpr double kYear = 31'557'600;
  const double seconds = count * seconds_a_point;
  std::string time;
  if (seconds > 100 * kYear) {
    time = ", which would take over " + number_text(std::floor(seconds / kYear)) + " years";
  } else if (seconds > 0) {
    time = ", which would take about " + readable_duration(Duration::from_seconds(seconds));
  }
  return {"--sweep", "makes " + whole(count) + " points" + time + ", and at most " +
                         std::to_string(kMostPoints) + " are run: sweep fewer values at once"};
}

// Whether a point is to be run.
Result<bool> is_wanted(const GridPoint& point, const std::string& when,
                       const json::Value& parameters) {
  scenarios::Environment environment{.parameters = parameters, .inputs = {}};
  for (const auto& [name, value] : point.selection.parameters) {
    environment.parameters.set(name, value);
  }
  for (const json::Member& axis : point.axes.members()) {
    environment.parameters.set(axis.key, axis.value);
  }
  const Result<scenarios::Resolved> read =
      scenarios::resolve_text(scenarios::condition_text(when), environment);
  if (!read) {
    return Error{kCondition, read.error().text()};
  }
  const json::Value& value = read->value;
  if (!read->expression && (value.is_bool() || value.is_number())) {
    return value.is_bool() ? value.as_bool() : value.as_double() != 0;
  }
  return Error{kCondition, "expected a comparison such as \"users <= 10 * workers\", found " +
                               quoted_excerpt(when)};
}

Status keep_wanted(std::vector<GridPoint>& points, const std::string& when,
                   const json::Value& parameters) {
  std::vector<GridPoint> wanted;
  for (GridPoint& point : points) {
    const Result<bool> keep = is_wanted(point, when, parameters);
    if (!keep) {
      return keep.errors();
    }
    if (*keep) {
      wanted.push_back(std::move(point));
    }
  }
  points = std::move(wanted);
  return Done{};
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
    return Error{"--sweep",
                 "expected name=a,b,c, name=1..64 x2 or own, found " + quoted_excerpt(text)};
  }
  scenarios::SweepAxis axis;
  axis.name = std::string(text.substr(0, equals));
  const std::size_t names = axis.names().size();
  for (const std::string_view value : split(text.substr(equals + 1), ',')) {
    if (value.empty()) {
      return Error{"--sweep", "expected a value between the commas of " + quoted_excerpt(text)};
    }
    if (const auto trouble = scenarios::range_trouble(value)) {
      return Error{"--sweep", *trouble};
    }
    if (names == 1) {
      axis.values.push_back(parse_value(value));
      continue;
    }
    json::Value together = json::Value::array();
    for (const std::string_view part : split(value, ':')) {
      together.push(parse_value(part));
    }
    axis.values.push_back(std::move(together));
  }
  return axis;
}

Result<std::vector<GridPoint>> make_grid(const scenarios::Selection& base,
                                         const scenarios::Sweep& sweep,
                                         const GridOptions& options) {
  double count = 1;
  std::vector<std::string> names;
  for (const scenarios::SweepAxis& axis : sweep.axes) {
    const Status good = check_axis(axis, names);
    if (!good) {
      return good.errors();
    }
    for (std::string& name : axis.names()) {
      names.push_back(std::move(name));
    }
    count *= count_values(axis);
  }
  if (count > static_cast<double>(kMostPoints)) {
    return too_many(count, options.seconds_a_point);
  }
  std::vector<GridPoint> points{{.selection = base, .axes = json::Value::object(), .name = ""}};
  for (const scenarios::SweepAxis& axis : sweep.axes) {
    const std::vector<json::Value> values = expand(axis);
    const std::vector<std::string> axis_names = axis.names();
    std::vector<GridPoint> next;
    for (const GridPoint& point : points) {
      for (const json::Value& value : values) {
        next.push_back(point);
        apply(next.back(), axis_names, value);
      }
    }
    points = std::move(next);
  }
  for (const std::string& when : sweep.when) {
    const std::size_t all = points.size();
    const Status kept = keep_wanted(points, when, options.parameters);
    if (!kept) {
      return kept.errors();
    }
    if (points.empty()) {
      return Error{kCondition, "leaves none of " + std::to_string(all) + " points"};
    }
  }
  return points;
}

}  // namespace rehearse::study
