#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "harness/base/wide.hpp"

namespace rehearse {

// Philox2x64-10 (Salmon et al., SC'11): a bijection of a 128-bit counter under a 64-bit key.
constexpr std::array<std::uint64_t, 2> philox2x64(std::array<std::uint64_t, 2> counter,
                                                  std::uint64_t key) {
  for (int round = 0; round < 10; ++round) {
    const auto product = static_cast<UnsignedWide>(0xD2B7'4407'B1CE'6E93ULL) * counter[0];
    counter = {static_cast<std::uint64_t>(product >> 64) ^ key ^ counter[1],
               static_cast<std::uint64_t>(product)};
    key += 0x9E37'79B9'7F4A'7C15ULL;
  }
  return counter;
}

// What a draw is for. The numbers are part of every result: append, never renumber.
enum class Dimension : std::uint8_t {
  ServiceTime = 1,
  FirstToken = 2,
  ChunkCount = 3,
  InputTokens = 4,
  OutputTokens = 5,
  Fault = 6,
  RetryJitter = 7,
  When = 8,
  Repeat = 9,
  CacheHit = 10,
  Input = 11,
  ThinkTime = 12,
  Arrival = 13,
  TaskChoice = 14,
  Patience = 15,
  SlowRegime = 16,
  ConnectTime = 17,
  Bytes = 18,
  CpuTime = 19,
  IoTime = 20,
  ItemShare = 21,
  WaitTime = 22,
  HitTime = 23,
  Balance = 24,
  Content = 25,
  RoundTrip = 26,
  OtherLoad = 27,
  Bootstrap = 28,
  FirstTokenTail = 29,
  CachedTokens = 30,
};

// Names one random draw: a pure function of these, whatever else happens in the run. `stage` is
// hash_name() of the stage's path; `item` the place inside a fan-out; `index` numbers repeated
// draws of one dimension. Before and after a change see the same luck wherever the key is the same.
struct DrawKey {
  std::uint64_t seed = 1;
  std::uint64_t job = 0;
  std::uint64_t stage = 0;
  std::uint32_t item = 0;
  std::uint32_t attempt = 0;
  // 0…1: the share of (normal-scale) variance that the items of one fan-out have in common, a
  // Gaussian copula over the uniform (`vary` in a scenario). 0: independent.
  double share = 0;

  // 64 random bits; item below 2^24, attempt below 2^8, index below 2^24 keep draws distinct.
  std::uint64_t bits(Dimension dimension, std::uint32_t index = 0) const;
  // A uniform in (0, 1), never 0 or 1.
  double uniform(Dimension dimension, std::uint32_t index = 0) const;
  // Those of this job and of the jobs that follow it, in less time than one after the other.
  void uniforms(Dimension dimension, std::span<double> out) const;
};

// Mixes 64 bits thoroughly (the finaliser of SplitMix64).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9E37'79B9'7F4A'7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EBULL;
  return x ^ (x >> 31);
}

// 52 bits as a uniform in (0, 1): the middles of 2^52 equal cells, all exact. (With 53 bits the
// last middle rounds to 1.)
constexpr double unit_interval(std::uint64_t bits) {
  return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
}

}  // namespace rehearse
