#include "harness/study/knee_read.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rehearse::study {

std::array<double, 3> loads_around(double at, double apart, LoadAxis axis) {
  if (axis == LoadAxis::Rate) {
    return {at * (1 - apart), at, at * (1 + apart)};
  }
  const double middle = std::max(std::round(at), 2.0);
  const double step = std::max(std::round(at * apart), 1.0);
  return {std::max(middle - step, 1.0), middle, middle + step};
}

double apart_of_bends(const Unloaded& unloaded, double at, LoadAxis axis) {
  double out = std::numeric_limits<double>::infinity();
  for (const Constraint& constraint : unloaded.constraints) {
    if (axis == LoadAxis::Rate && constraint.per_time && constraint.refuses &&
        constraint.demand > 0) {
      out = std::min(out, 0.5 * std::abs(constraint.utilisation(at) - 1));
    }
  }
  return out;
}

double crowd(const Unloaded& unloaded) {
  double out = std::numeric_limits<double>::infinity();
  const double cycle = unloaded.response_s + unloaded.think_s;
  for (const Constraint& each : unloaded.constraints) {
    if (each.kind != Constraint::Kind::Limit && std::isfinite(each.places) && each.demand > 0) {
      const double elsewhere = std::max(0.0, cycle - each.demand) * unloaded.bound_per_s();
      out = std::min(out, each.places + each.has + elsewhere);
    }
  }
  return out;
}

std::size_t broken_by(const std::vector<Target>& targets, const Probe& probe) {
  const Tightest worst = tightest(targets, probe.values);
  std::size_t out = worst.target;
  const bool users = probe.level.axis == LoadAxis::Users;
  // A backlog that grows, or users who are refused and ask again in a storm.
  for (std::size_t t = 0; worst.margin >= 0 && t < targets.size(); ++t) {
    const bool lost =
        targets[t].what.metric == record::Metric::Errors && targets[t].role == Target::Role::Bound;
    out = (users ? lost : targets[t].backlog) ? t : out;
  }
  return out;
}

std::span<const Target> but_backlog(const std::vector<Target>& targets) {
  const bool there = targets.size() > 1 && targets.back().backlog;
  return std::span(targets).first(targets.size() - (there ? 1 : 0));
}

double loosest_but_backlog(const std::vector<Target>& targets, const Probe& probe) {
  double out = 3;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    if (!targets[t].backlog && targets[t].role == Target::Role::Bound && probe.values[t]) {
      out = std::min(out, margin(targets[t], *probe.values[t]));
    }
  }
  return out;
}

double tail_share(const std::vector<Target>& targets) {
  double out = 0.2;
  for (const Target& target : targets) {
    if (target.role == Target::Role::Bound && target.what.stat == record::Stat::Quantile) {
      out = std::min(out, std::max(1 - target.what.argument, 1e-4));
    }
  }
  return out;
}

Probe for_the_curve(Probe probe) {
  probe.runs.clear();
  probe.without.clear();
  return probe;
}

double waiting_bound(const Probe& probe) {
  double out = std::numeric_limits<double>::infinity();
  for (const Constraint& constraint : probe.constraints) {
    if (!constraint.refuses) {
      out = std::min(out, constraint.bound_per_s());
    }
  }
  return probe.level.axis == LoadAxis::Users ? std::numeric_limits<double>::infinity() : out;
}

}  // namespace rehearse::study
