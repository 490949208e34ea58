#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/base/text.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/study/binding.hpp"

// The knee of one axis.
namespace rehearse::study {
namespace {

using record::CapacityKnee;
using record::CapacityObjective;

std::string role_name(Target::Role role) {
  switch (role) {
    case Target::Role::Bound:
      return "holds";
    case Target::Role::Asked:
      return "asked";
    case Target::Role::NeverMet:
      return "never_met";
    case Target::Role::Unread:
      return "unread";
  }
  return "";
}

std::vector<CapacityObjective> objectives_of(const std::vector<Target>& targets,
                                             const Probe* probe) {
  std::vector<CapacityObjective> out;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const Target& target = targets[t];
    CapacityObjective row;
    row.text = target.text;
    row.level = target.level;
    row.unit = target.what.stat == record::Stat::Share
                   ? "%"
                   : std::string(record::unit_suffix(record::unit_of(target.what)));
    row.role = role_name(target.role);
    row.unloaded = target.unloaded;
    row.limit = target.what.value;
    row.why = target.why;
    if (probe != nullptr && t < probe->values.size()) {
      row.at_knee = probe->values[t];
    }
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

std::string end_name(Knee::End end) {
  return end == Knee::End::Found ? "found" : end == Knee::End::Unbounded ? "unbounded" : "none";
}

std::string unit_of(const Constraint& constraint) {
  switch (constraint.kind) {
    case Constraint::Kind::Pool:
      return "connections";
    case Constraint::Kind::Capacity:
      return "calls at once";
    case Constraint::Kind::Resource:
      return constraint.faster ? "bytes a second" : "slots";
    case Constraint::Kind::Limit:
      break;
  }
  using What = latency::Limits::What;
  if (!constraint.per_time) {
    return "calls at once";
  }
  const bool day = constraint.place.what == What::Day || constraint.place.what == What::TokensDay;
  return day ? "a day" : "a minute";
}

std::vector<record::CapacityLimit> limits_at(const std::vector<Constraint>& constraints,
                                             double jobs_per_s) {
  static constexpr const char* kKinds[] = {"resource", "pool", "limit", "provider"};
  std::vector<record::CapacityLimit> out;
  for (const Constraint& constraint : fullest_first(constraints, jobs_per_s)) {
    record::CapacityLimit row;
    row.name = constraint.name;
    row.kind = kKinds[static_cast<std::size_t>(constraint.kind)];
    row.unit = unit_of(constraint);
    row.has = constraint.written;
    row.demand = constraint.demand;
    row.bound_per_s = constraint.bound_per_s();
    row.utilisation = constraint.utilisation(jobs_per_s);
    row.refused = constraint.refused;
    out.push_back(std::move(row));
  }
  return out;
}

std::string grouped(double count) {
  std::string out = std::to_string(static_cast<std::uint64_t>(std::clamp(count, 0.0, 1e18)));
  for (std::size_t at = out.size(); at > 3;) {
    at -= 3;
    out.insert(at, ",");
  }
  return out;
}

record::CapacityPoint point_of(const Probe& probe) {
  record::CapacityPoint out;
  out.load = probe.level.load;
  out.throughput_per_s = probe.throughput_per_s;
  out.response_s = probe.response_s;
  out.done_share = probe.done_share;
  out.cost_usd = probe.cost_usd;
  out.growing = probe.growing;
  out.values = probe.values;
  return out;
}

Result<CapacityKnee> report_knee(const Player& player, const Surveyed& surveyed,
                                 const KneeOptions& how, std::optional<double> target) {
  CapacityKnee out;
  out.axis = std::string(axis_name(how.axis));
  const bool any = std::any_of(surveyed.targets.begin(), surveyed.targets.end(),
                               [](const Target& t) { return t.role == Target::Role::Bound; });
  const double bound = surveyed.unloaded.bound_per_s();
  if (!any || !std::isfinite(bound)) {
    out.end = any ? "unbounded" : "none";
    out.note = any ? "nothing that jobs use has a limit: by this scenario there is no largest load"
                   : "no objective is met by any load";
    out.objectives = objectives_of(surveyed.targets, nullptr);
    out.probes = 1;
    return out;
  }
  Result<Knee> knee = find_knee(player, surveyed.system, surveyed.targets, surveyed.unloaded, how);
  if (!knee) {
    return knee.errors();
  }
  out.end = end_name(knee->end);
  out.load = knee->load;
  out.low = knee->interval.low;
  out.high = knee->interval.high;
  out.probes = knee->probes;
  out.jobs = knee->jobs;
  out.note = knee->note;
  out.objectives = objectives_of(surveyed.targets, knee->at ? &*knee->at : nullptr);
  for (const Probe& each : knee->curve) {
    out.curve.push_back(point_of(each));
  }
  if (knee->at) {
    out.limits = limits_at(knee->at->constraints, knee->at->throughput_per_s);
  }
  if (knee->end == Knee::End::Found) {
    out.objective = surveyed.targets[knee->target].text;
    out.objectives[knee->target].role = "binds";
    const Status climbed = climb(player, surveyed, how, *knee, target, out);
    if (!climbed) {
      return climbed.errors();
    }
  }
  return out;
}

}  // namespace rehearse::study
