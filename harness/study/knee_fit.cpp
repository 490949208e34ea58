#include "harness/study/knee_fit.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace rehearse::study {
namespace {

using Values = std::vector<std::optional<double>>;

constexpr double kNoBound = std::numeric_limits<double>::infinity();
constexpr double kBeyond = 0.5;  // of the width, how far outside a crossing is still believed

// Where the parabola through three points goes through 0, the first of them above and the last not:
// once between those two neighbours between which it does.
double parabola_crossing(const std::array<double, 3>& x, const std::array<double, 3>& h) {
  const double left = x[1] - x[0];
  const double right = x[2] - x[1];
  const double before = (h[1] - h[0]) / left;
  const double after = (h[2] - h[1]) / right;
  const double bend = (after - before) / (left + right);
  const double slope = before + bend * left;  // in the middle
  return x[1] + 2 * h[1] / (std::sqrt(slope * slope - 4 * bend * h[1]) - slope);
}

// Where a margin goes from above 0 to below on the chord of the two neighbours between which it
// does, else on the chord that leads there, so far as that is believed. Infinite where the margin
// does not fall.
double chord_crossing(const std::array<double, 3>& x, const std::array<double, 3>& h) {
  const double low = x[0] - kBeyond * (x[2] - x[0]);
  const double high = x[2] + kBeyond * (x[2] - x[0]);
  const std::size_t from = h[1] > 0 ? 1 : 0;
  double slope = (h[from + 1] - h[from]) / (x[from + 1] - x[from]);
  const bool outside = h[from] <= 0 || h[from + 1] > 0;
  if (outside || !(slope < 0)) {
    slope = (h[2] - h[0]) / (x[2] - x[0]);  // farther away, the longer chord is the surer one
  }
  if (!(slope < 0)) {
    return h[1] > 0 ? std::numeric_limits<double>::infinity() : low;
  }
  return std::clamp(x[from] - h[from] / slope, low, high);
}

// On the parabola through all three where it is between them, else on a chord.
double crossing(const std::array<double, 3>& x, const std::array<double, 3>& h) {
  return h[0] > 0 && h[2] <= 0 ? parabola_crossing(x, h) : chord_crossing(x, h);
}

struct Crossing {
  double load = std::numeric_limits<double>::infinity();
  double chord = std::numeric_limits<double>::infinity();  // the same on a chord
  std::size_t target = 0;
};

using ThreeValues = std::array<const Values*, 3>;
using Margin = double (*)(const Target&, double);

// The margins of one target at three loads; nothing where one of them cannot be read.
std::optional<std::array<double, 3>> margins_of(const Target& target, std::size_t t, Margin by,
                                                const ThreeValues& values) {
  std::array<double, 3> out{};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::optional<double>& value = (*values[i])[t];
    if (!value) {
      return std::nullopt;
    }
    out[i] = by(target, *value);
  }
  return out;
}

// How far from a straight line: what the slope changes by, of twice the slope.
double bent(const std::array<double, 3>& x, const std::array<double, 3>& h) {
  const double before = (h[1] - h[0]) / (x[1] - x[0]);
  const double after = (h[2] - h[1]) / (x[2] - x[1]);
  return std::abs(after - before) / std::max(std::abs(after + before), 1e-300);
}

// By which margin each target's three loads lie nearest to a straight line. What a group of servers
// loses grows by its logarithm, what a full limit refuses in proportion to the load, from the
// bend where it is full: before it nothing is refused, of which there is no logarithm.
std::vector<Margin> straightest(std::span<const Target> targets, const std::array<double, 3>& x,
                                const ThreeValues& values) {
  std::vector<Margin> out(targets.size(), &margin);
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const auto logs = margins_of(targets[t], t, &margin, values);
    const auto lines = margins_of(targets[t], t, &linear_margin, values);
    if (!logs || !lines) {
      continue;
    }
    const bool cut = std::any_of(logs->begin(), logs->end(),
                                 [](double each) { return std::abs(each) >= kFarMargin; });
    out[t] = cut || bent(x, *lines) < bent(x, *logs) ? &linear_margin : &margin;
  }
  return out;
}

Crossing first_crossing(std::span<const Target> targets, const std::vector<Margin>& margins,
                        const std::array<double, 3>& x, const ThreeValues& values) {
  Crossing out;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    if (targets[t].role != Target::Role::Bound) {
      continue;
    }
    const auto h = margins_of(targets[t], t, margins[t], values);
    const double load = h ? crossing(x, *h) : std::numeric_limits<double>::infinity();
    if (load < out.load) {
      out = {load, chord_crossing(x, *h), t};
    }
  }
  return out;
}

ThreeValues values_of(const std::array<const Probe*, 3>& probes) {
  return {&probes[0]->values, &probes[1]->values, &probes[2]->values};
}

std::array<double, 3> loads_of(const std::array<const Probe*, 3>& probes) {
  return {probes[0]->level.load, probes[1]->level.load, probes[2]->level.load};
}

double bounded(double load, const std::array<double, 3>& x) {
  return std::min(load, x[2] + kBeyond * (x[2] - x[0]));
}

// On which an estimate is about normal: the load, or the logarithm of what is left to the bound.
class Scale {
 public:
  Scale(double load, double bound, const std::array<double, 3>& x)
      : bound_(bound),
        left_(std::isfinite(bound) && load > kHalf * bound && load < bound &&
              bounded(kEndless, x) < 2 * bound) {}
  double to(double load) const {
    return left_ ? std::log(std::max(bound_ - load, kLeast * bound_)) : load;
  }
  double from(double value) const { return left_ ? bound_ - std::exp(value) : value; }

 private:
  static constexpr double kHalf = 0.5;
  static constexpr double kLeast = 1e-4;
  static constexpr double kEndless = std::numeric_limits<double>::infinity();
  double bound_;
  bool left_;
};

}  // namespace

KneeFit crossing_of(std::span<const Target> targets, std::array<const Probe*, 3> probes) {
  const std::array<double, 3> x = loads_of(probes);
  const ThreeValues values = values_of(probes);
  const Crossing all = first_crossing(targets, straightest(targets, x, values), x, values);
  KneeFit out;
  out.load = bounded(all.load, x);
  out.target = all.target;
  out.off_chord = std::abs(bounded(all.load, x) - bounded(all.chord, x));
  out.inside = all.load >= x[0] && all.load <= x[2];
  out.interval = {out.load, out.load};
  return out;
}

KneeFit fit_knee(std::span<const Target> targets, std::array<const Probe*, 3> probes,
                 double bound) {
  KneeFit out = crossing_of(targets, probes);
  const std::array<double, 3> x = loads_of(probes);
  if (probes[0]->without.size() < 2) {
    return out;
  }
  // The backlog grows at that bound, not before it.
  const Scale scale(out.load, targets[out.target].backlog ? kNoBound : bound, x);
  std::vector<double> others;
  for (const double load : crossings_without(targets, probes)) {
    others.push_back(scale.to(load));
  }
  const double all = scale.to(out.load);
  const Jackknife jack = jackknife(all, others);
  // Its correction of the bias is of smooth statistics: of a quantile, whose order statistics jump,
  // it is mostly noise, as many times as there are replications (Miller 1974, The jackknife).
  const bool rough = targets[out.target].what.stat == record::Stat::Quantile;
  const double middle = rough ? all : jack.mean;
  out.load = scale.from(middle);
  const double one = scale.from(middle - jack.half);
  const double other = scale.from(middle + jack.half);
  out.interval = {std::min(one, other), std::max(one, other)};
  return out;
}

std::vector<double> crossings_without(std::span<const Target> targets,
                                      std::array<const Probe*, 3> probes) {
  const std::array<double, 3> x = loads_of(probes);
  const std::vector<Margin> margins = straightest(targets, x, values_of(probes));
  std::vector<double> out;
  for (std::size_t r = 0; r < probes[0]->without.size(); ++r) {
    const ThreeValues others_of{&probes[0]->without[r], &probes[1]->without[r],
                                &probes[2]->without[r]};
    const Crossing others = first_crossing(targets, margins, x, others_of);
    out.push_back(bounded(others.load, x));
  }
  return out;
}

Jackknife jackknife(double all, const std::vector<double>& without) {
  const auto count = static_cast<double>(without.size());
  std::vector<double> pseudo;
  Jackknife out;
  for (const double others : without) {
    pseudo.push_back(count * all - (count - 1) * others);
    out.mean += pseudo.back() / count;
  }
  double squares = 0;
  for (const double value : pseudo) {
    squares += (value - out.mean) * (value - out.mean);
  }
  const boost::math::students_t student(count - 1);
  out.half = boost::math::quantile(student, 0.975) * std::sqrt(squares / (count - 1) / count);
  return out;
}

double margin_error(std::span<const Target> targets, const Probe& probe) {
  const std::size_t n = probe.without.size();
  if (n < 2) {
    return 0;
  }
  const auto count = static_cast<double>(n);
  std::vector<double> margins;
  double mean = 0;
  for (const Values& values : probe.without) {
    margins.push_back(tightest(targets, values).margin);
    mean += margins.back() / count;
  }
  double squares = 0;
  for (const double value : margins) {
    squares += (value - mean) * (value - mean);
  }
  return std::sqrt(squares * (count - 1) / count);
}

}  // namespace rehearse::study
