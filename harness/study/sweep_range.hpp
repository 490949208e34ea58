#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"

namespace rehearse::study {

// Numbers from one to another: `1..10` (by one), `0..1 +0.1`, `1..64 x2`.
struct SweepRange {
  double from = 0;
  double to = 0;
  double step = 1;
  bool times = false;  // step is a factor

  double count() const;  // 0 where it goes nowhere
  // All of them, the last at most `to`; whole numbers where they are.
  std::vector<json::Value> values() const;
};

// The range that a text is; nothing where it is any other text ("a..b" is one).
std::optional<SweepRange> find_range(std::string_view text);

// Errors where a text is a range that goes nowhere or never ends: "10..1", "1..10 x1".
Status check_range(std::string_view text);

}  // namespace rehearse::study
