#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/base/text.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/study/capacity_parts.hpp"

// The knee of one axis, and what binds there.
namespace rehearse::study {
namespace {

using record::CapacityKnee;
using record::CapacityObjective;

constexpr double kMore = 1.5;         // so many times as much of what may bind
constexpr double kBeyondKnee = 1.03;  // where it is to help
constexpr std::size_t kSuspects = 3;  // that are tried
constexpr double kSuspicious = 0.3;   // less full than this binds nobody
constexpr std::uint64_t kReliefRuns = 8;

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

std::string end_name(Knee::End end) {
  return end == Knee::End::Found ? "found" : end == Knee::End::Unbounded ? "unbounded" : "none";
}

std::vector<Constraint> fullest_first(const std::vector<Constraint>& constraints,
                                      double jobs_per_s) {
  std::vector<Constraint> out;
  for (const Constraint& constraint : constraints) {
    if (constraint.demand > 0 || constraint.refused > 0) {
      out.push_back(constraint);
    }
  }
  std::stable_sort(out.begin(), out.end(), [&](const Constraint& a, const Constraint& b) {
    return a.utilisation(jobs_per_s) > b.utilisation(jobs_per_s);
  });
  return out;
}

// What has more to it lets a load just past the knee inside the objectives.
Result<bool> helps(const Player& player, const Surveyed& surveyed, const KneeOptions& how,
                   const Constraint& suspect, const Knee& knee) {
  LoadedSystem eased = surveyed.system;
  relieve(suspect, kMore, eased.scenario, eased.changes);
  const double load = how.axis == LoadAxis::Users
                          ? std::max(std::ceil(knee.load * kBeyondKnee), knee.load + 2)
                          : knee.load * kBeyondKnee;
  ProbeOptions options;
  options.seed = how.seed;
  options.replications = kReliefRuns;
  options.threads = how.threads;
  const LoadLevel level = level_at(load, surveyed.unloaded, how, {kReliefRuns, how.jobs / 4, 1});
  const Result<Probe> found = probe(player, eased, level, surveyed.targets, options);
  if (!found) {
    return found.errors();
  }
  return !found->growing && tightest(surveyed.targets, found->values).margin > 0;
}

// Which constraint binds: the fullest of which more is seen to help.
Status find_binder(const Player& player, const Surveyed& surveyed, const KneeOptions& how,
                   const Knee& knee, CapacityKnee& out) {
  const double per_s = knee.at->throughput_per_s;
  const std::vector<Constraint> ranked = fullest_first(knee.at->constraints, per_s);
  std::size_t tried = 0;
  std::string in_vain;
  for (const Constraint& suspect : ranked) {
    const double full = suspect.utilisation(per_s);
    if (tried == kSuspects || (full < kSuspicious && suspect.refused == 0)) {
      break;
    }
    ++tried;
    const Result<bool> help = helps(player, surveyed, how, suspect, knee);
    if (!help) {
      return help.errors();
    }
    if (!*help) {
      in_vain += (in_vain.empty() ? "" : ", ") + suspect.name;
      continue;
    }
    out.binds = suspect.name;
    out.binds_share = full;
    out.evidence = "with half as much again of it, 3% more load is inside the objectives" +
                   (in_vain.empty() ? std::string() : "; not so with more of " + in_vain);
    // What runs out next at the share to which this one is used at the knee.
    for (const Constraint& other : ranked) {
      const double load = knee.load * full / std::max(other.utilisation(per_s), 1e-12);
      if (!other.same_as(suspect) && other.demand > 0 &&
          (out.next.empty() || load < out.next_load)) {
        out.next = other.name;
        out.next_load = std::max(load, knee.load);
      }
    }
    return Done{};
  }
  out.evidence = in_vain.empty() ? "no limit, slot or connection is near its end"
                                 : "more of " + in_vain + " alone does not help";
  return Done{};
}

}  // namespace

std::string unit_of(const Constraint& constraint) {
  switch (constraint.kind) {
    case Constraint::Kind::Pool:
      return "connections";
    case Constraint::Kind::Capacity:
      return "calls at once";
    case Constraint::Kind::Resource:
      return "slots";
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
                                 const KneeOptions& how) {
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
    const Status bound_by = find_binder(player, surveyed, how, *knee, out);
    if (!bound_by) {
      return bound_by.errors();
    }
  }
  return out;
}

}  // namespace rehearse::study
