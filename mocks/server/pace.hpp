#pragma once

#include <cstdint>
#include <string>

#include "harness/base/time.hpp"
#include "harness/stats/histogram.hpp"

namespace rehearse::server {

// Scheduled against actual: how much later than planned the server handed pieces of streams and
// whole answers to the kernel, in wall nanoseconds.
struct Pace {
  // A usual gap between two tokens: streams that are later than this at p99 are no model of any.
  static constexpr Duration kCeiling = Duration::milliseconds(25);
  static constexpr std::uint64_t kLeast = 100;  // fewer pieces decide nothing

  stats::Histogram chunks;      // pieces of streams
  stats::Histogram answers;     // that went whole, what it took to make them included
  std::uint64_t held_back = 0;  // writes that a client's full window did not take at once
  Duration ceiling = kCeiling;  // of the chunks' p99

  bool valid() const;
  // Why it is not valid, as a sentence with both figures; empty where it is.
  std::string trouble() const;
};

// One JSON object: milliseconds of wall time.
std::string pace_json(const Pace& pace);
// One line for people, without its end: "1,204 chunks late by 0.06 ms at p50, …".
std::string pace_text(const Pace& pace);

}  // namespace rehearse::server
