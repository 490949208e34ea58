#include "reports/sweep_axes.hpp"

#include <algorithm>

#include "harness/json/write.hpp"

namespace rehearse::reports {

using record::RunSummary;

bool Axis::numeric() const {
  return std::all_of(values.begin(), values.end(),
                     [](const json::Value& value) { return value.is_number(); });
}

std::vector<Axis> axes_of(std::span<const RunSummary> points) {
  std::vector<Axis> out;
  for (const RunSummary& point : points) {
    if (!point.header.axes.is_object()) {
      continue;
    }
    for (const json::Member& member : point.header.axes.members()) {
      auto axis = std::find_if(out.begin(), out.end(),
                               [&](const Axis& each) { return each.name == member.key; });
      if (axis == out.end()) {
        out.push_back({member.key, {}});
        axis = out.end() - 1;
      }
      if (std::find(axis->values.begin(), axis->values.end(), member.value) == axis->values.end()) {
        axis->values.push_back(member.value);
      }
    }
  }
  out.erase(std::remove_if(out.begin(), out.end(),
                           [](const Axis& axis) { return axis.values.size() < 2; }),
            out.end());
  return out;
}

std::string axis_text(const json::Value& value) {
  return value.is_string() ? value.as_string() : json::dump(value);
}

const json::Value* value_on(const RunSummary& point, const std::string& axis) {
  return point.header.axes.is_object() ? point.header.axes.find(axis) : nullptr;
}

std::optional<std::size_t> place_on(const Axis& axis, const RunSummary& point) {
  const json::Value* value = value_on(point, axis.name);
  const auto at = value == nullptr ? axis.values.end()
                                   : std::find(axis.values.begin(), axis.values.end(), *value);
  return at == axis.values.end()
             ? std::nullopt
             : std::optional<std::size_t>(static_cast<std::size_t>(at - axis.values.begin()));
}

bool carries_p95(std::span<const RunSummary> points) {
  return std::all_of(points.begin(), points.end(), [](const RunSummary& point) {
    return point.done == 0 || point.response_s.p95.has_value();
  });
}

double spoken(const RunSummary& point, bool p95) {
  return p95 ? point.response_s.p95.value_or(point.response_s.mean) : point.response_s.mean;
}

}  // namespace rehearse::reports
