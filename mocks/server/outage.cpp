#include "mocks/server/outage.hpp"

#include <algorithm>

#include "mocks/latency/planner.hpp"

namespace rehearse::server {
namespace {

bool refuses_everything(const latency::FaultSpec& fault) {
  return fault.fault == latency::Fault::ConnectionRefused && fault.probability >= 1 &&
         fault.operation.empty() && fault.model.empty() && !fault.when.during.empty() &&
         !fault.when.is_script();
}

Instant next_edge(const latency::FaultSchedule& when, Instant now) {
  const Duration every = when.every;
  const Duration at = now - Instant();
  const Duration turn =
      every > Duration::zero()
          ? Duration::nanoseconds(at.count_ns() / every.count_ns() * every.count_ns())
          : Duration::zero();
  Instant next = Instant::never();
  for (const auto& [from, to] : when.during) {
    for (const Duration edge : {from, to, every + from}) {
      const Instant there = Instant() + turn + edge;
      next = there > now ? std::min(next, there) : next;
    }
  }
  return next;
}

}  // namespace

Outage::Outage(const std::vector<Mount>& mounts) {
  for (const Mount& mount : mounts) {
    std::vector<const latency::FaultSchedule*> own;
    for (const latency::FaultSpec& fault : mount.profile->faults) {
      if (refuses_everything(fault)) {
        own.push_back(&fault.when);
      }
    }
    if (own.empty()) {
      mounts_.clear();
      return;
    }
    mounts_.push_back(std::move(own));
  }
}

bool Outage::covers(Instant now) const {
  return !mounts_.empty() && std::all_of(mounts_.begin(), mounts_.end(), [now](const auto& own) {
    return std::any_of(own.begin(), own.end(), [now](const latency::FaultSchedule* when) {
      return latency::is_during(*when, now);
    });
  });
}

Instant Outage::next_change(Instant now) const {
  Instant next = Instant::never();
  for (const auto& own : mounts_) {
    for (const latency::FaultSchedule* when : own) {
      next = std::min(next, next_edge(*when, now));
    }
  }
  return next;
}

}  // namespace rehearse::server
