#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/value.hpp"

namespace rehearse::scenarios {

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

// What is wrong with a range that goes nowhere or never ends, "10..1" or "1..10 x1"; nothing where
// the text is a good range or any other text.
std::optional<std::string> range_trouble(std::string_view text);

// One dimension of a grid: a parameter, "concurrency", "users", "rate", "variant", … and its
// values, ranges not yet expanded. Names that move together stand behind one another, "model,size",
// and have values that are arrays of as many.
struct SweepAxis {
  std::string name;
  std::vector<json::Value> values;

  std::vector<std::string> names() const;
};

// A condition as the language's other texts are: "${…}" around it where it has none.
std::string condition_text(const std::string& when);

// A grid: the product of its axes.
struct Sweep {
  std::vector<SweepAxis> axes;
  std::vector<std::string> when;  // expressions over axes and parameters: points where one is 0 go
};

}  // namespace rehearse::scenarios
