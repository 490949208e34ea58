#pragma once

#include <array>
#include <span>
#include <vector>

#include "harness/stats/effect.hpp"
#include "harness/study/probe.hpp"

namespace rehearse::study {

// Where the first bound breaks, from three neighbouring loads.
struct KneeFit {
  double load = 0;
  stats::Interval interval;  // 95%
  std::size_t target = 0;
  bool inside = true;    // the crossing lies between the outermost loads
  double off_chord = 0;  // how far from it the chord of its neighbours crosses
};

// `probes` by load, ascending, played with the same seeds and with Probe::without. The crossing of
// each bound's margin (a parabola, on the scale on which the three are nearest to a straight line),
// the smallest over all bounds; its error by leaving out one replication after the other (the
// delete-one jackknife of Quenouille and Tukey), with Student's t; its bias too, but for quantiles.
// Common random numbers make the three margins move together, so the error is that of one load.
// Near `bound`, the load at which the backlog grows without end, what is left of it is estimated on
// a logarithmic scale: there a tail is made by a few long busy periods, and its error is in
// proportion to itself. Infinite: there is none.
KneeFit fit_knee(std::span<const Target> targets, std::array<const Probe*, 3> probes, double bound);

// The same of all replications alone, without an error.
KneeFit crossing_of(std::span<const Target> targets, std::array<const Probe*, 3> probes);

// The same without each replication in turn.
std::vector<double> crossings_without(std::span<const Target> targets,
                                      std::array<const Probe*, 3> probes);

// An estimate from all replications and those without each (two at least): its mean with less
// bias, and half of its 95% interval.
struct Jackknife {
  double mean = 0;
  double half = 0;
};
Jackknife jackknife(double all, const std::vector<double>& without);

// The standard error of a probe's smallest margin, by the jackknife.
double margin_error(std::span<const Target> targets, const Probe& probe);

}  // namespace rehearse::study
