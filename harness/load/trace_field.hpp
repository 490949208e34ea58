#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/load/trace.hpp"

// One field of a trace's record.
namespace rehearse::load {

// "2023-11-16 18:15:46.6805900", with 'T' and a zone ("Z", "+02:00") if there are: nanoseconds
// since 1970. Nothing where it is no such instant of the years 1970 to 2261.
std::optional<std::int64_t> parse_calendar(std::string_view text);

// A number of units, each `unit_ns` long. Errors: negative, no number, past 292 years.
Result<std::int64_t> parse_count_of_time(std::string_view text, double unit_ns);
Result<std::int64_t> time_of(double units, double unit_ns);

// A number where the text is one, else the text.
TraceCell cell_of(std::string_view text);

// The whole of a text as a number.
std::optional<double> number_of(std::string_view text);

// Tokens of a text: one for each 4 bytes, as everywhere here.
double tokens_of(std::string_view text);

}  // namespace rehearse::load
