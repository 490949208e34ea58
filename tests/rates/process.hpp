#pragma once

#include <cstdint>
#include <string>
#include <vector>

// Where the samples of the error-rate grid come from. Everything follows from a seed.
namespace rehearse::rates {

enum class Law { Lognormal, SlowMode, Pareto, Bimodal, Ar1, Mm1, Drift, Bursts };

struct Process {
  Law law = Law::Lognormal;
  // Lognormal: deviation of the logarithm; M/M/1: utilisation; AR(1): its coefficient; Drift: the
  // deviation of a factor that each run draws; Bursts: how long a machine stays busy (the
  // coefficient of the 1% that it adds to jobs that are the same on both sides).
  double parameter = 0.5;
  std::string text() const;  // "lognormal 0.5", "M/M/1 0.9", …
  bool independent() const {
    return law != Law::Ar1 && law != Law::Mm1 && law != Law::Drift && law != Law::Bursts;
  }
};

struct Pair {
  std::vector<double> before, after;
};
// How both sides hang together, and what is truly different.
struct Tie {
  double correlation = 0;  // of the normal scores of both sides; 0: independent
  double factor = 1;       // of every value after
};

// n values a side in the order of time. A queue or series has run in before the first of them.
Pair draw_pair(const Process& process, std::size_t n, std::uint64_t seed, const Tie& tie);

}  // namespace rehearse::rates
