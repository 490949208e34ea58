#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/study/binding.hpp"

// What binds next, and then: knees of systems that have plenty of all that bound before.
namespace rehearse::study {
namespace {

using record::CapacityKnee;
using record::CapacityRung;

constexpr std::size_t kRungs = 5;
constexpr double kEndless = 1e6;         // times as much: it never binds again
constexpr double kRungEvents = 6e4;      // of the jobs that are inside at once
constexpr double kRungPrecision = 0.03;  // of its load

class Ladder {
 public:
  Ladder(const Player& player, const Surveyed& surveyed, const KneeOptions& how)
      : player_(player), eased_(surveyed), how_(how) {
    how_.jobs = look_jobs(surveyed.unloaded, how);
    how_.precision = std::max(how.precision, kRungPrecision);
    how_.replications = std::min<std::uint64_t>(how.replications, 8);
  }

  // Of the knee that `binding` is of; until one is past `target`.
  Status climb(Binding binding, double at, std::optional<double> target, CapacityKnee& out) {
    while (!binding.constraints.empty() && out.ladder.size() < kRungs &&
           !(target && at >= *target)) {
      lift(binding);
      CapacityRung rung;
      rung.lifted = binding.names;
      binding = {};
      const Constraint* next = fullest_left();
      if (next == nullptr) {
        rung.end = "unbounded";
        out.ladder.push_back(std::move(rung));
        break;
      }
      const Status told = can_play() ? play(rung, binding) : tell_by_law(*next, rung, binding);
      if (!told) {
        return told;
      }
      at = rung.load;
      out.ladder.push_back(std::move(rung));
    }
    return Done{};
  }

 private:
  void lift(const Binding& binding) {
    for (const Constraint& each : binding.constraints) {
      relieve(each, kEndless, eased_.system.scenario, eased_.system.changes);
      for (const Constraint& one : eased_.unloaded.constraints) {
        if (one.same_as(each)) {
          lifted_.push_back(one);
        }
      }
      eased_.unloaded.relieve(each, kEndless);
    }
  }

  // Of what jobs use and was not lifted, what is full first.
  const Constraint* fullest_left() const {
    const Constraint* out = nullptr;
    for (const Constraint& each : eased_.unloaded.constraints) {
      const bool up = std::any_of(lifted_.begin(), lifted_.end(),
                                  [&](const Constraint& one) { return one.same_as(each); });
      if (!up && each.demand > 0 && (out == nullptr || each.bound_per_s() < out->bound_per_s())) {
        out = &each;
      }
    }
    return out;
  }

  double cycle_s() const { return eased_.unloaded.response_s + eased_.unloaded.think_s; }

  // Whether so many jobs at once, again and again until they flow evenly, are played in a second.
  bool can_play() const {
    const double inside = eased_.unloaded.bound_per_s() * cycle_s();
    return inside * eased_.unloaded.events_a_job < kRungEvents;
  }

  Status play(CapacityRung& rung, Binding& binding) {
    const Result<Knee> knee =
        find_knee(player_, eased_.system, eased_.targets, eased_.unloaded, how_);
    if (!knee) {
      return knee.errors();
    }
    rung.end = end_name(knee->end);
    rung.load = knee->load;
    rung.low = knee->interval.low;
    rung.high = knee->interval.high;
    if (knee->end != Knee::End::Found) {
      return Done{};
    }
    rung.objective = eased_.targets[knee->target].text;
    Result<Binding> next = what_binds(player_, eased_, how_, *knee);
    if (!next) {
      return next.errors();
    }
    binding = std::move(next).value();
    rung.binds = binding.names;
    rung.binds_share = binding.share;
    rung.evidence = binding.evidence;
    // At the least that it carries: chance alone would ask for a slot more.
    const double surely = std::min(1.0, knee->interval.low / knee->at->level.load);
    rung.needs = needs_at(knee->at->throughput_per_s * surely);
    return Done{};
  }

  // What is full first carries so much and no more (the utilisation law).
  Status tell_by_law(const Constraint& next, CapacityRung& rung, Binding& binding) const {
    const double per_s = next.bound_per_s();
    rung.end = "law";
    rung.load = how_.axis == LoadAxis::Rate ? per_s : std::floor(per_s * cycle_s());
    rung.binds = next.name;
    rung.binds_share = 1;
    rung.evidence = "by the utilisation law: too many jobs at once to be played here";
    rung.needs = needs_at(per_s);
    binding.constraints = {next};
    binding.names = next.name;
    return Done{};
  }

  // Of what was lifted: what it takes if it is to be used up there too.
  std::vector<record::CapacityNeed> needs_at(double per_s) const {
    std::vector<record::CapacityNeed> out;
    for (const Constraint& one : lifted_) {
      record::CapacityNeed need;
      need.name = one.name;
      need.unit = unit_of(one);
      need.has = one.written;
      need.utilisation = 1;
      need.needs = std::ceil(one.written * one.utilisation(per_s) - 1e-6);
      out.push_back(std::move(need));
    }
    return out;
  }

  const Player& player_;
  Surveyed eased_;
  KneeOptions how_;
  std::vector<Constraint> lifted_;  // as they were
};

}  // namespace

Status climb(const Player& player, const Surveyed& surveyed, const KneeOptions& how,
             const Knee& knee, std::optional<double> target, CapacityKnee& out) {
  Result<Binding> binding = what_binds(player, surveyed, how, knee);
  if (!binding) {
    return binding.errors();
  }
  out.binds = binding->names;
  out.binds_share = binding->share;
  out.evidence = binding->evidence;
  return Ladder(player, surveyed, how).climb(std::move(binding).value(), knee.load, target, out);
}

}  // namespace rehearse::study
