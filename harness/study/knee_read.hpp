#pragma once

#include <array>
#include <span>
#include <vector>

#include "harness/study/knee.hpp"

// What a search for a knee reads off targets, probes and a system at rest. Private to this layer.
namespace rehearse::study {

// A load and one on each side of it, `apart` of it away; users are whole.
std::array<double, 3> loads_around(double at, double apart, LoadAxis axis);

// How far apart those may be so that none lies beyond the bend where a limit that refuses is full:
// half of the way there, on either side. Infinite where there is none.
double apart_of_bends(const Unloaded& unloaded, double at, LoadAxis axis);

// How many users, more than whom somebody is refused, where only that can break: who fills slots
// and queue, and who is elsewhere meanwhile. Infinite where no queue has an end.
double crowd(const Unloaded& unloaded);

// What is outside at a load.
std::size_t broken_by(const std::vector<Target>& targets, const Probe& probe);

// All but the backlog, which is the last. It is asked about where nothing else breaks before it
// grows: near the bound any other objective is the sharper one, and the smaller of two that are
// both uncertain is too small.
std::span<const Target> but_backlog(const std::vector<Target>& targets);
// The smallest margin of all but the backlog.
double loosest_but_backlog(const std::vector<Target>& targets, const Probe& probe);

// The smallest share of jobs that a bound speaks of: 0.01 of a p99.
double tail_share(const std::vector<Target>& targets);

// Without what its single runs said.
Probe for_the_curve(Probe probe);
// The load past which the backlog grows without end, as a probe knows it; infinite for users.
double waiting_bound(const Probe& probe);

}  // namespace rehearse::study
