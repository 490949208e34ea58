#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/draw_table.hpp"
#include "mocks/latency/entry_cache.hpp"
#include "mocks/latency/provider_model.hpp"
#include "mocks/latency/weather.hpp"
#include "mocks/latency/work.hpp"

namespace rehearse::latency {

// Whether one of its windows is open now; always where it has none.
bool is_during(const FaultSchedule& when, Instant now);

// Draws the plan of a call: a pure function of profile, stage times, key, features and (for slow
// weather alone) the time.
class Planner {
 public:
  Planner(const Profile& profile, const std::vector<StageTime>& times, std::uint64_t provider);

  EntryCache& entries() { return entries_; }
  // What a call finds when its service starts.
  struct Load {
    double slowdown = 1;  // by the others in service
    Duration wait;        // for its model
  };
  // Fills ticket.plan; ticket.entry, key, features, time_ratio and
  // new_connection are set.
  void draw(Ticket& ticket, const Load& load, Instant now);

 private:
  const Distribution* stage_time(std::uint64_t stage) const;
  void draw_times(Ticket& ticket, const Work& work, const Load& load, Instant now);
  void draw_fault(Ticket& ticket, Instant now);
  double connect_s(const DrawKey& key) const;
  double drawn(const Distribution& distribution, const DrawKey& key, Dimension dimension) {
    return distribution.is_constant() ? distribution.quantile(0.5)
                                      : draws_.draw(distribution, key, dimension);
  }

  struct Slot {
    std::uint64_t stage = 0;
    const Distribution* time = nullptr;
  };
  const Profile& profile_;
  EntryCache entries_;
  std::vector<Distribution> times_;
  std::vector<Slot> table_;  // open addressing, a power of two
  Weather weather_;
  DrawTable draws_;
  std::vector<std::int64_t> concerned_;  // calls so far, by fault that counts them
  bool faults_ = false;
};

}  // namespace rehearse::latency
