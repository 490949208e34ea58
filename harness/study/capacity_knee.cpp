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

// Which constraints bind: of those that are full, the first of which more is seen to help; where
// none helps alone, as few as do together.
class Binders {
 public:
  Binders(const Player& player, const Surveyed& surveyed, const KneeOptions& how, const Knee& knee)
      : player_(player), surveyed_(surveyed), how_(how), knee_(knee) {
    per_s_ = knee.at->throughput_per_s;
    ranked_ = fullest_first(knee.at->constraints, per_s_);
    for (const Constraint& each : ranked_) {
      if (suspects_.size() < kSuspects &&
          (each.utilisation(per_s_) >= kSuspicious || each.refused > 0)) {
        suspects_.push_back(&each);
      }
    }
  }

  Status name(CapacityKnee& out) {
    if (suspects_.empty()) {
      out.evidence = "no limit, slot or connection is near its end";
      return Done{};
    }
    Result<Set> found = alone();
    if (found && found->empty() && suspects_.size() > 1) {
      found = together();
    }
    if (!found) {
      return found.errors();
    }
    if (found->empty()) {
      out.evidence =
          "more of " + names(suspects_, ", ") +
          (suspects_.size() > 1 ? " does not help, alone or together" : " does not help");
      return Done{};
    }
    tell(*found, out);
    return Done{};
  }

 private:
  using Set = std::vector<const Constraint*>;

  static std::string names(const Set& set, const char* between) {
    std::string out;
    for (const Constraint* each : set) {
      out += (out.empty() ? "" : between) + each->name;
    }
    return out;
  }

  // Whether more of it lets a load just past the knee inside the objectives.
  Result<bool> helps(const Set& set) {
    LoadedSystem eased = surveyed_.system;
    for (const Constraint* each : set) {
      relieve(*each, kMore, eased.scenario, eased.changes);
    }
    const double load = how_.axis == LoadAxis::Users
                            ? std::max(std::ceil(knee_.load * kBeyondKnee), knee_.load + 2)
                            : knee_.load * kBeyondKnee;
    ProbeOptions options;
    options.seed = how_.seed;
    options.replications = kReliefRuns;
    options.threads = how_.threads;
    const LoadLevel level =
        level_at(load, surveyed_.unloaded, how_, {kReliefRuns, how_.jobs / 4, 1});
    const Result<Probe> found = probe(player_, eased, level, surveyed_.targets, options);
    if (!found) {
      return found.errors();
    }
    return !found->growing && tightest(surveyed_.targets, found->values).margin > 0;
  }

  Result<Set> alone() {
    for (const Constraint* suspect : suspects_) {
      const Result<bool> help = helps({suspect});
      if (!help) {
        return help.errors();
      }
      if (*help) {
        return Set{suspect};
      }
      in_vain_.push_back(suspect);
    }
    return Set{};
  }

  // The fullest two, three, … until they help; then without those that are not needed.
  Result<Set> together() {
    for (std::size_t n = 2; n <= suspects_.size(); ++n) {
      Set set(suspects_.begin(), suspects_.begin() + static_cast<std::ptrdiff_t>(n));
      const Result<bool> help = helps(set);
      if (!help) {
        return help.errors();
      }
      for (std::size_t i = 0; *help && n > 2 && i + 1 < set.size();) {
        Set fewer = set;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        const Result<bool> enough = helps(fewer);
        if (!enough) {
          return enough.errors();
        }
        if (*enough) {
          set = std::move(fewer);
        } else {
          ++i;
        }
      }
      if (*help) {
        in_vain_.clear();
        return set;
      }
    }
    return Set{};
  }

  void tell(const Set& set, CapacityKnee& out) const {
    out.binds = names(set, " and ");
    for (const Constraint* each : set) {
      out.binds_share = std::max(out.binds_share, each->utilisation(per_s_));
    }
    out.evidence = set.size() > 1
                       ? "with half as much again of all, 3% more load is inside the objectives, "
                         "and not with more of one alone"
                       : "with half as much again of it, 3% more load is inside the objectives";
    if (!in_vain_.empty()) {
      out.evidence += "; not so with more of " + names(in_vain_, ", ");
    }
    // What runs out next at the share to which these are used at the knee.
    for (const Constraint& other : ranked_) {
      const bool named = std::any_of(set.begin(), set.end(),
                                     [&](const Constraint* each) { return each->same_as(other); });
      const double load = knee_.load * out.binds_share / std::max(other.utilisation(per_s_), 1e-12);
      if (!named && other.demand > 0 && (out.next.empty() || load < out.next_load)) {
        out.next = other.name;
        out.next_load = std::max(load, knee_.load);
      }
    }
  }

  const Player& player_;
  const Surveyed& surveyed_;
  const KneeOptions& how_;
  const Knee& knee_;
  double per_s_ = 0;
  std::vector<Constraint> ranked_;
  Set suspects_;
  Set in_vain_;
};

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
    const Status bound_by = Binders(player, surveyed, how, *knee).name(out);
    if (!bound_by) {
      return bound_by.errors();
    }
  }
  return out;
}

}  // namespace rehearse::study
