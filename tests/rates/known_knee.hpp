#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/stats/effect.hpp"

// Systems whose largest load inside an objective is known in closed form, and how well
// study::find_knee finds it.
namespace rehearse::test {

struct KnownSystem {
  std::string family;    // "M/M/1, p99 of the response"
  std::string scenario;  // JSON
  std::string workload;
  bool users = false;
  double knee = 0;  // jobs a second; users: the crossing between whole numbers
};

// The n-th system of a family: its size, speed and objective drawn from n. Families: 0 M/M/1 with
// p99, 1 M/M/c with p95, 2 Erlang B with errors, 3 a token bucket with errors, 4 a closed network
// (exact mean value analysis) with the mean, 5 M/D/1 with the mean.
inline constexpr unsigned kFamilies = 6;
std::string family_name(unsigned family);
KnownSystem known_system(unsigned family, std::uint64_t n);

struct KneeTrial {
  bool found = false;
  bool covered = false;
  double estimate = 0;
  double truth = 0;
  stats::Interval interval;
  unsigned probes = 0;
  std::uint64_t jobs = 0;
};
// One search with a seed of its own; single-threaded.
KneeTrial try_knee(const KnownSystem& system, std::uint64_t seed);

}  // namespace rehearse::test
