#pragma once

#include <vector>

#include "harness/base/time.hpp"
#include "mocks/server/mount.hpp"

namespace rehearse::server {

// When a server refuses connections, as one that is down does. All providers share its port, so
// that is only while each of them has a fault that refuses all its calls; at any other time a
// refused call finds a listener and is reset.
class Outage {
 public:
  // `mounts` outlives this.
  explicit Outage(const std::vector<Mount>& mounts);

  bool covers(Instant now) const;
  // The first instant after `now` at which that may be otherwise; never() where there is none.
  Instant next_change(Instant now) const;

 private:
  std::vector<std::vector<const latency::FaultSchedule*>> mounts_;  // empty: never
};

}  // namespace rehearse::server
