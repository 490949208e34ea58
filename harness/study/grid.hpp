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

// Reads `name=a,b,c`, or several names that move together: `a,b=1:2,3:4`. Values that read as JSON
// numbers or booleans are those, all others texts; `1..10`, `1..10 +3` and `1..64 x2` stand for
// what lies between (make_grid expands them).
Result<scenarios::SweepAxis> parse_axis(std::string_view text);

// The value of one `--set name=value` or axis value.
json::Value parse_value(std::string_view text);

struct GridOptions {
  json::Value parameters = json::Value::object();  // of the scenario, by name, for `when`
  double seconds_a_point = 0;  // how long one takes, for who asks too much; 0: nobody knows
};
// The product of the axes over a selection, the first axis outermost. The axis `variant` adds to
// the selection's variants ("base", "a", "a+b"). Errors: no value on an axis, an axis named twice,
// too many points (said with their number and the time they would take), a condition that cannot
// be read or leaves nothing.
Result<std::vector<GridPoint>> make_grid(const scenarios::Selection& base,
                                         const scenarios::Sweep& sweep,
                                         const GridOptions& options = {});

// The names in "a+b"; "base" and "" are none.
std::vector<std::string> split_variants(std::string_view text);

}  // namespace rehearse::study
