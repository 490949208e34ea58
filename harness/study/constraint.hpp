#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/study/player.hpp"

namespace rehearse::study {

// Something that can run out: slots of a resource, connections of a pool, a provider's limit or its
// slots. By the utilisation law (Denning and Buzen 1978) its busy share is throughput × demand /
// capacity, so that capacity / demand bounds the throughput.
struct Constraint {
  enum class Kind : std::uint8_t { Resource, Pool, Limit, Capacity };
  Kind kind = Kind::Resource;
  std::string name;           // "workers", "db", "openai chat gpt-4o: requests per min (RPM)"
  std::uint32_t index = 0;    // into Scenario's resources, pools or providers
  latency::LimitPlace place;  // of a provider
  double has = 0;             // slots, or units a second
  double written = 0;         // as the scenario or profile says it: slots, or units a minute or day
  double demand = 0;          // of one job: slot-seconds or units
  bool per_time = false;      // units a second
  bool refuses = false;       // who comes too many is turned away; else he waits, and for long
  double usd_per_hour = 0;    // of all of it
  double places = 0;          // of the queue before it; infinite where it has no end
  bool faster = false;        // more of it is a faster one, not several
  std::uint64_t refused = 0;

  double bound_per_s() const;  // infinite where jobs do not need it
  double utilisation(double jobs_per_s) const { return jobs_per_s / bound_per_s(); }
  bool same_as(const Constraint& other) const {
    return kind == other.kind && index == other.index && place == other.place;
  }
};

// All of a scenario, with what one play of `jobs` jobs asked of each.
std::vector<Constraint> constraints_of(const scenarios::Scenario& scenario,
                                       const record::RunEnd& end, const Watch& watch,
                                       std::uint64_t jobs);

// How many equal parts it has of which relieve() keeps whole ones: slots, connections, machines,
// units of a limit. Where it cannot be cut so that each part is as fast as before (a link, a
// processor that is shared): 1.
double parts_of(const Constraint& constraint, const scenarios::Scenario& scenario);

// So many times as much of it; parts are rounded up.
void relieve(const Constraint& constraint, double factor, scenarios::Scenario& scenario,
             std::vector<LimitChange>& changes);

}  // namespace rehearse::study
