#include "harness/study/constraint.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rehearse::study {
namespace {

using scenarios::Resource;

constexpr double kNano = 1e-9;
constexpr double kMostSlots = 4e9;
constexpr double kNoEnd = std::numeric_limits<double>::infinity();
// Places of a queue that is full only where the backlog grows without end: at the load at which it
// would, M/M/1/K loses 1 in K + 1.
constexpr double kWaitingRoom = 100;

// The most items' worth of work that a shared processor does in a second.
double best_rate(const Resource& resource) {
  double out = 1;
  for (const auto& [items, rate] : resource.speed_up) {
    out = std::max(out, rate);
  }
  return out;
}

Constraint of_resource(const Resource& resource, const record::ResourceTally& tally) {
  Constraint out;
  out.kind = Constraint::Kind::Resource;
  out.name = resource.name;
  const bool slots = resource.sharing == scenarios::Sharing::Slots;
  out.has = slots ? static_cast<double>(resource.slots) * resource.replicas : best_rate(resource);
  out.written = resource.bytes_per_s > 0 ? resource.bytes_per_s : out.has;
  out.refuses = slots && resource.queue_max && resource.on_full == scenarios::OnFull::Reject &&
                static_cast<double>(*resource.queue_max) < kWaitingRoom;
  out.usd_per_hour = resource.usd_per_hour * resource.replicas;
  out.places = slots && resource.queue_max ? static_cast<double>(*resource.queue_max) : kNoEnd;
  out.faster = resource.bytes_per_s > 0;
  out.demand = static_cast<double>(tally.busy_ns) * kNano;
  out.refused = tally.rejected;
  return out;
}

Constraint of_limit(const std::string& provider, const latency::LimitUse& use) {
  Constraint out;
  out.kind = use.place.what ? Constraint::Kind::Limit : Constraint::Kind::Capacity;
  out.name = provider + " " + use.name;
  out.place = use.place;
  out.places = use.place.what ? kNoEnd : use.places;
  out.has = use.has;
  out.written = use.written;
  out.per_time = use.per_time;
  out.refuses = use.refuses && (use.place.what || use.places < kWaitingRoom);
  out.demand = use.used;
  out.refused = use.refused;
  return out;
}

std::uint32_t grown(std::uint32_t slots, double factor) {
  return static_cast<std::uint32_t>(std::clamp(std::ceil(slots * factor - 1e-9), 1.0, kMostSlots));
}

// Whether more of its slots come with more machines.
bool in_machines(const Resource& resource) {
  return resource.replicas > 1 || resource.usd_per_hour > 0;
}

void relieve_resource(Resource& resource, double factor) {
  if (resource.sharing == scenarios::Sharing::Slots) {
    if (in_machines(resource)) {
      resource.replicas = std::min(grown(resource.replicas, factor), std::uint32_t{1'000'000});
    } else {
      resource.slots = grown(resource.slots, factor);
    }
    return;
  }
  if (resource.bytes_per_s > 0) {
    resource.bytes_per_s *= factor;
    return;
  }
  // So many such machines: one item alone is no faster on them.
  std::map<std::uint32_t, double> more{{1, 1.0}};
  more[grown(1, factor)] = std::ceil(factor);
  for (const auto& [items, rate] : resource.speed_up) {
    more[grown(items, factor)] = rate * factor;
  }
  more[1] = 1;
  resource.speed_up = std::move(more);
  resource.replicas = grown(resource.replicas, factor);
}

}  // namespace

double Constraint::bound_per_s() const {
  return demand > 0 ? has / demand : std::numeric_limits<double>::infinity();
}

std::vector<Constraint> constraints_of(const scenarios::Scenario& scenario,
                                       const record::RunEnd& end, const Watch& watch,
                                       std::uint64_t jobs) {
  std::vector<Constraint> out;
  for (std::uint32_t i = 0; i < scenario.resources.size() && i < end.resources.size(); ++i) {
    out.push_back(of_resource(scenario.resources[i], end.resources[i]));
    out.back().index = i;
  }
  for (std::uint32_t i = 0; i < scenario.pools.size() && i < end.pools.size(); ++i) {
    Constraint pool;
    pool.kind = Constraint::Kind::Pool;
    pool.name = scenario.pools[i].name;
    pool.index = i;
    pool.has = pool.written = static_cast<double>(scenario.pools[i].max);
    pool.demand = static_cast<double>(end.pools[i].busy_ns) * kNano;
    out.push_back(std::move(pool));
  }
  for (std::uint32_t i = 0; i < scenario.providers.size() && i < watch.uses.size(); ++i) {
    for (const latency::LimitUse& use : watch.uses[i]) {
      out.push_back(of_limit(scenario.providers[i].name, use));
      out.back().index = i;
    }
  }
  for (Constraint& constraint : out) {
    constraint.demand /= static_cast<double>(std::max<std::uint64_t>(jobs, 1));
  }
  return out;
}

double parts_of(const Constraint& constraint, const scenarios::Scenario& scenario) {
  if (constraint.kind != Constraint::Kind::Resource) {
    return constraint.written;
  }
  const Resource& resource = scenario.resources[constraint.index];
  if (resource.sharing != scenarios::Sharing::Slots) {
    return 1;
  }
  return in_machines(resource) ? resource.replicas : resource.slots;
}

void relieve(const Constraint& constraint, double factor, scenarios::Scenario& scenario,
             std::vector<LimitChange>& changes) {
  switch (constraint.kind) {
    case Constraint::Kind::Resource:
      relieve_resource(scenario.resources[constraint.index], factor);
      return;
    case Constraint::Kind::Pool: {
      std::uint32_t& max = scenario.pools[constraint.index].max;
      max = grown(max, factor);
      return;
    }
    case Constraint::Kind::Limit:
    case Constraint::Kind::Capacity:
      changes.push_back({constraint.index, constraint.place, factor});
      return;
  }
}

}  // namespace rehearse::study
