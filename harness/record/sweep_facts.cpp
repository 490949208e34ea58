#include "harness/record/sweep_facts.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "harness/json/write.hpp"
#include "harness/stats/pareto.hpp"

namespace rehearse::record {
namespace {

std::string value_text(const json::Value& value) {
  return value.is_string() ? value.as_string() : json::dump(value);
}

std::vector<double> costs_of(const RunSummary& point, bool by_p95) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  const std::uint64_t ended = point.done + point.failed + point.timed_out;
  if (point.done == 0) {
    return {kNone, kNone, 1};
  }
  return {point.cost_usd.mean,
          by_p95 ? point.response_s.p95.value_or(kNone) : point.response_s.mean,
          1 - static_cast<double>(point.done) / static_cast<double>(ended)};
}

// The points along one axis of load, by what the other axes say.
void add_scalability(std::span<const RunSummary> points, const std::string& axis,
                     std::vector<ScalabilityRow>& out) {
  std::map<std::string, std::vector<stats::ScalePoint>> groups;
  std::vector<std::string> order;
  for (const RunSummary& point : points) {
    const json::Value* n = point.header.axes.is_object() ? point.header.axes.find(axis) : nullptr;
    if (n == nullptr || !n->is_number() || !(point.throughput_per_s > 0)) {
      continue;
    }
    std::string others;
    for (const json::Member& member : point.header.axes.members()) {
      if (member.key != axis) {
        others += (others.empty() ? "" : ", ") + member.key + "=" + value_text(member.value);
      }
    }
    if (!groups.contains(others)) {
      order.push_back(others);
    }
    groups[others].push_back({n->as_double(), point.throughput_per_s});
  }
  for (const std::string& others : order) {
    const std::vector<stats::ScalePoint>& group = groups[others];
    if (const auto fit = stats::fit_scalability(group)) {
      ScalabilityRow row{axis, others, {}, *fit};
      for (const stats::ScalePoint& point : group) {
        row.n.push_back(point.n);
      }
      out.push_back(std::move(row));
    }
  }
}

}  // namespace

SweepFacts sweep_facts(std::span<const RunSummary> points) {
  SweepFacts out;
  out.by_p95 = std::all_of(points.begin(), points.end(), [](const RunSummary& point) {
    return point.done == 0 || point.response_s.p95.has_value();
  });
  std::vector<std::vector<double>> rows;
  for (const RunSummary& point : points) {
    rows.push_back(costs_of(point, out.by_p95));
  }
  out.on_front = stats::pareto_front(rows);
  for (std::size_t i = 0; i < points.size(); ++i) {
    out.on_front[i] = out.on_front[i] && points[i].done > 0;
  }
  for (const char* axis : {"concurrency", "users"}) {
    add_scalability(points, axis, out.scalability);
  }
  return out;
}

}  // namespace rehearse::record
