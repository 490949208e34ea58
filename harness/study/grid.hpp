#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

// More points than this are refused with their number.
inline constexpr std::uint64_t kMostPoints = 10'000;

// One point of a grid: what to select, and what to call it.
struct GridPoint {
  scenarios::Selection selection;
  json::Value axes = json::Value::object();  // axis → value
  std::string name;                          // "concurrency=4, chat_model=gpt-4o"
};

// Reads `name=a,b,c`. Values that read as JSON numbers or booleans are those, all others texts.
Result<scenarios::SweepAxis> parse_axis(std::string_view text);

// The value of one `--set name=value` or axis value.
json::Value parse_value(std::string_view text);

// The product of the axes over a selection, the first axis outermost. The axis `variant` adds to
// the selection's variants ("base", "a", "a+b"). Errors: no value on an axis, an axis named twice,
// too many points.
Result<std::vector<GridPoint>> make_grid(const scenarios::Selection& base,
                                         const std::vector<scenarios::SweepAxis>& axes);

// The names in "a+b"; "base" and "" are none.
std::vector<std::string> split_variants(std::string_view text);

}  // namespace rehearse::study
