#include "harness/load/trace_field.hpp"

#include <charconv>
#include <cmath>

#include "harness/base/text.hpp"

namespace rehearse::load {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant's days_from_civil).
std::int64_t days_since_1970(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return era * 146'097 + day_of_era - 719'468;
}

// `digits` digits at the front of the text, which are taken off; -1 where there are none.
std::int64_t take_digits(std::string_view& text, std::size_t digits) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text.empty() || text.front() < '0' || text.front() > '9') {
      return -1;
    }
    value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  return value;
}

bool take_mark(std::string_view& text, char mark) {
  const bool there = !text.empty() && text.front() == mark;
  text.remove_prefix(there ? 1U : 0U);
  return there;
}

std::int64_t take_fraction(std::string_view& text) {
  std::int64_t ns = 0;
  std::int64_t unit = kSecond / 10;
  if (take_mark(text, '.')) {
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      ns += (text.front() - '0') * unit;
      unit /= 10;
      text.remove_prefix(1);
    }
  }
  return ns;
}

// Seconds east of Greenwich; nothing where something else stands there.
std::optional<std::int64_t> take_zone(std::string_view& text) {
  if (text.empty() || take_mark(text, 'Z') || text == " UTC") {
    return 0;
  }
  const bool west = text.front() == '-';
  if (!take_mark(text, '+') && !take_mark(text, '-')) {
    return std::nullopt;
  }
  const std::int64_t hours = take_digits(text, 2);
  take_mark(text, ':');
  const std::int64_t minutes = text.empty() ? 0 : take_digits(text, 2);
  if (hours < 0 || minutes < 0) {
    return std::nullopt;
  }
  return (west ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

std::optional<std::int64_t> parse_calendar(std::string_view text) {
  const std::int64_t year = take_digits(text, 4);
  const bool date1 = take_mark(text, '-');
  const std::int64_t month = take_digits(text, 2);
  const bool date2 = take_mark(text, '-');
  const std::int64_t day = take_digits(text, 2);
  const bool between = take_mark(text, ' ') || take_mark(text, 'T');
  const std::int64_t hour = take_digits(text, 2);
  const bool time1 = take_mark(text, ':');
  const std::int64_t minute = take_digits(text, 2);
  const bool time2 = take_mark(text, ':');
  const std::int64_t second = take_digits(text, 2);
  const bool shaped = date1 && date2 && between && time1 && time2;
  const bool in_range = year >= 1970 && year <= 2261 && month >= 1 && month <= 12 && day >= 1 &&
                        day <= 31 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
                        second >= 0 && second <= 60;
  if (!shaped || !in_range) {
    return std::nullopt;
  }
  const std::int64_t fraction = take_fraction(text);
  const auto zone = take_zone(text);
  if (!zone || !(text.empty() || text == " UTC")) {
    return std::nullopt;
  }
  const std::int64_t seconds =
      days_since_1970(year, month, day) * 86'400 + hour * 3600 + minute * 60 + second - *zone;
  return seconds * kSecond + fraction;
}

Result<std::int64_t> time_of(double units, double unit_ns) {
  if (!std::isfinite(units)) {
    return Error{"", "expected a time, found no number"};
  }
  if (units < 0) {
    return Error{"", "negative time " + number_text(units)};
  }
  const double ns = units * unit_ns;
  if (ns > 9.2e18) {
    return Error{"", "the time " + number_text(units) + " is more than 292 years"};
  }
  return static_cast<std::int64_t>(ns);
}

Result<std::int64_t> parse_count_of_time(std::string_view text, double unit_ns) {
  const auto number = number_of(text);
  if (!number) {
    return Error{"", text.empty() ? std::string("a hole: it has no time")
                                  : "expected a time, found " + quoted_excerpt(text)};
  }
  return time_of(*number, unit_ns);
}

std::optional<double> number_of(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

TraceCell cell_of(std::string_view text) {
  const auto number = number_of(text);
  return number ? TraceCell(*number) : TraceCell(std::string(text));
}

double tokens_of(std::string_view text) { return std::ceil(static_cast<double>(text.size()) / 4); }

}  // namespace rehearse::load
