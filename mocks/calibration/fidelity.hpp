#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/json/value.hpp"
#include "harness/stats/effect.hpp"
#include "mocks/calibration/timed_call.hpp"

namespace rehearse::calibration {

inline constexpr std::array<double, 4> kJudgedQuantiles = {0.5, 0.9, 0.95, 0.99};
// Below this many held-out calls a cell is not judged.
inline constexpr std::size_t kEnoughCalls = 36;
// From here on a p99 can be held to ±10%: 3.73 sigma / sqrt(n) at sigma 0.5.
inline constexpr std::size_t kEnoughForTail = 1340;

// How far the mock's quantile is from the recorded one, as a ratio minus one; nothing where the
// calls cannot carry it (stats::min_samples).
struct QuantileError {
  double q = 0;
  std::optional<double> error;
  stats::Interval interval;
};

// One metric of calls that are alike in what they asked.
struct Cell {
  std::string name;    // "chat gpt-4o"
  std::string metric;  // "first_token", "pace" (per output token), "total"
  std::size_t fitted = 0;
  std::size_t held = 0;
  std::size_t drawn = 0;
  double effective_held = 0;  // independent calls that tell as much
  double distance = 0;        // of the mock's calls from the held-out ones
  double floor = 0;           // of the fitted half's own calls from the held-out ones
  double critical = 0;        // what equal distributions exceed in 5% of such comparisons
  bool enough = false;
  bool passes = false;
  std::array<QuantileError, 4> errors;
};

struct Fidelity {
  std::string how;    // "in virtual time", "over HTTP at speed 20"
  double wire_s = 0;  // taken off the mock's times, in scenario time
  std::vector<Cell> cells;
  double neighbours_recorded = 0;  // rank correlation of neighbouring calls' total times
  double neighbours_mock = 0;

  std::size_t judged() const;
  std::size_t passed() const;
  std::size_t tails() const;         // judged cells with enough calls for a p99
  std::size_t tails_passed() const;  // of them, within 10%
};

// Compares the mock's calls with the held-out ones, cell by cell. Each list in the order in which
// its calls were made.
Fidelity judge(const std::vector<TimedCall>& fitted, const std::vector<TimedCall>& held,
               const std::vector<TimedCall>& mock);

// For people, at most `width` columns where the names allow; and as JSON.
std::string fidelity_text(const Fidelity& fidelity, std::size_t width);
json::Value fidelity_json(const Fidelity& fidelity);

}  // namespace rehearse::calibration
