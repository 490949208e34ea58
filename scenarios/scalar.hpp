#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"

// Single values of the language, read from text. All are non-negative and finite; errors say what
// was expected and quote what was found.
namespace rehearse::scenarios {

enum class Unit { Share, Bytes, Rate, Bandwidth, Money, Seconds, Number };

// The number behind a value of that unit: a share of 1, bytes, per second, bytes a second, USD,
// seconds. A number stands for itself where the language allows it, or where an expression gave it
// (`computed`).
Result<double> read_quantity(const json::Value& value, Unit unit, bool computed);

// "a duration such as \"1.5s\"": what a person should have written.
std::string_view expected_quantity(Unit unit);
// The regular expression (ECMAScript) of the texts of a unit; empty where texts are not allowed.
std::string_view quantity_pattern(Unit unit);
// Whether a JSON number may stand for it without an expression.
bool allows_number(Unit unit);

// What a message says it found, at most 40 characters of it.
std::string found(const json::Value& value);

// A name of a stage, provider, variant and so on (`word`: of a parameter or input, without '-').
bool is_name(std::string_view text, bool word = false);

struct ClaimFigure {
  double value = 0;
  std::string unit;    // "s", "USD", "%", "B", "/s" or ""
  bool about = false;  // "~": ±10 %
};
Result<ClaimFigure> read_claim_figure(const json::Value& value);

}  // namespace rehearse::scenarios
