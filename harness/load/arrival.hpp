#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "harness/base/distribution.hpp"
#include "harness/base/time.hpp"

namespace rehearse::load {

// A stretch of time in which the arrival rate (jobs a second) moves evenly from one value to
// another.
struct RatePhase {
  double rate_from = 0;
  double rate_to = 0;
  Duration length;
};

enum class ArrivalKind { Constant, Poisson, Gamma };

// The intended starts of an open loop, fixed before the run: the i-th depends on (seed, i) alone.
// Unit-rate arrivals are mapped through the inverse of the integrated rate (a time change), so a
// ramp of a Poisson process is again an exact inhomogeneous Poisson process.
class ArrivalSchedule {
 public:
  struct Options {
    ArrivalKind kind = ArrivalKind::Poisson;
    double cv = 1;                      // of the gaps, Gamma only
    std::vector<RatePhase> phases;      // the last rate lasts on
    Duration length = Duration::max();  // none after it
    std::uint64_t seed = 1;
  };
  explicit ArrivalSchedule(Options options);

  // The next intended start since the start of the run; Instant::never() past the end.
  Instant next();

 private:
  Instant at(double expected) const;

  Options options_;
  Distribution gap_;
  std::array<double, kBlockDraws> gaps_{};  // that of index_ and its neighbours, drawn together
  std::uint64_t index_ = 0;
  double expected_ = 0;  // arrivals expected until the current one
};

}  // namespace rehearse::load
