#include "harness/wire/time_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "harness/base/text.hpp"

namespace rehearse::wire {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// `ns` in units of `unit` nanoseconds, up to nine decimals, no trailing zeros.
std::string decimal(std::int64_t ns, std::int64_t unit, int digits) {
  std::string out = std::to_string(ns / unit);
  if (ns % unit != 0) {
    std::string part = std::to_string(ns % unit);
    part.insert(0, static_cast<std::size_t>(digits) - part.size(), '0');
    part.erase(part.find_last_not_of('0') + 1);
    out += '.' + part;
  }
  return out;
}

struct Civil {
  int year, month, day, hour, minute, second, weekday;
  std::int64_t nanosecond;
};

Civil civil(Instant at) {
  using namespace std::chrono;
  const sys_time<nanoseconds> time{nanoseconds(at.count_ns())};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<nanoseconds> clock{time - day};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(weekday{day}.c_encoding()),
          clock.subseconds().count()};
}

std::optional<std::int64_t> unit_of(std::string_view text) {
  const std::pair<std::string_view, std::int64_t> units[] = {
      {"ns", 1},         {"us", 1'000},  {"µs", 1'000},       {"μs", 1'000},
      {"ms", 1'000'000}, {"s", kSecond}, {"m", 60 * kSecond}, {"h", 3600 * kSecond}};
  for (const auto& [name, ns] : units) {
    if (name == text) {
      return ns;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string go_duration_text(Duration duration) {
  std::int64_t ns = duration.count_ns();
  if (ns < 0) {
    return "-" + go_duration_text(-duration);
  }
  if (ns == 0) {
    return "0s";
  }
  if (ns < 1'000) {
    return std::to_string(ns) + "ns";
  }
  if (ns < 1'000'000) {
    return decimal(ns, 1'000, 3) + "µs";
  }
  if (ns < kSecond) {
    return decimal(ns, 1'000'000, 6) + "ms";
  }
  std::string out;
  const std::int64_t minutes = ns / (60 * kSecond);
  if (minutes >= 60) {
    out += std::to_string(minutes / 60) + "h";
  }
  if (minutes > 0) {
    out += std::to_string(minutes % 60) + "m";
  }
  return out + decimal(ns % (60 * kSecond), kSecond, 9) + "s";
}

std::optional<Duration> parse_go_duration(std::string_view text) {
  if (text == "0") {
    return Duration::zero();
  }
  if (text.empty() || text.size() > 64) {
    return std::nullopt;
  }
  double seconds = 0;
  Duration sum;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    double amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, amount);
    if (digits == 0 || error != std::errc() || end != text.data() + digits) {
      return std::nullopt;
    }
    text.remove_prefix(digits);
    const std::string_view name = text.substr(0, text.find_first_of("0123456789."));
    const auto unit = unit_of(name);
    if (!unit) {
      return std::nullopt;
    }
    text.remove_prefix(name.size());
    const double ns = amount * static_cast<double>(*unit);
    seconds += ns * 1e-9;
    if (seconds > kLongestDuration.count_s()) {
      return std::nullopt;
    }
    sum += Duration::nanoseconds(static_cast<std::int64_t>(ns + 0.5));
  }
  return sum;
}

std::string http_date(Instant at) {
  const Civil c = civil(at);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                kDays[static_cast<std::size_t>(c.weekday)], c.day,
                kMonths[static_cast<std::size_t>(c.month - 1)], c.year, c.hour, c.minute, c.second);
  return out.data();
}

std::optional<Instant> parse_http_date(std::string_view text) {
  using namespace std::chrono;
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() != 29 || text.substr(25) != " GMT" || text[3] != ',') {
    return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t count) {
    int value = -1;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + count, value);
    return error == std::errc() && end == begin + count ? value : -1;
  };
  int month = 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    month = text.substr(8, 3) == kMonths[i] ? static_cast<int>(i) + 1 : month;
  }
  const int year_number = number(12, 4);
  const year_month_day date{year{year_number}, std::chrono::month{static_cast<unsigned>(month)},
                            day{static_cast<unsigned>(std::max(number(5, 2), 0))}};
  const int hour = number(17, 2);
  const int minute = number(20, 2);
  const int second = number(23, 2);
  const bool sane = date.ok() && year_number >= 1970 && year_number < 2200 && hour >= 0 &&
                    hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (!sane) {
    return std::nullopt;
  }
  const auto days_since = sys_days{date}.time_since_epoch().count();
  return Instant::from_ns((std::int64_t{days_since} * 86'400 + hour * 3600 + minute * 60 + second) *
                          kSecond);
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  // "2026-11-21T05:41:10.000123Z": the same as an HTTP date, otherwise written.
  const bool shaped = text.size() >= 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
                      text[13] == ':' && text[16] == ':' && text.back() == 'Z' &&
                      (text.size() == 20 || text[19] == '.');
  int month = 0;
  const auto read = std::from_chars(text.data() + std::min<std::size_t>(5, text.size()),
                                    text.data() + std::min<std::size_t>(7, text.size()), month);
  if (!shaped || read.ptr != text.data() + 7 || month < 1 || month > 12) {
    return std::nullopt;
  }
  std::string date = "Sun, " + std::string(text.substr(8, 2)) + " ";
  date.append(kMonths[static_cast<std::size_t>(month - 1)]).append(" ");
  date.append(text.substr(0, 4)).append(" ").append(text.substr(11, 8)).append(" GMT");
  const auto whole = parse_http_date(date);
  if (!whole || text.size() == 20) {
    return whole;
  }
  const std::string_view digits = text.substr(20, text.size() - 21);
  std::int64_t ns = 0;
  std::int64_t unit = kSecond / 10;
  for (const char c : digits) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    ns += (c - '0') * unit;
    unit /= 10;
  }
  return digits.empty() ? std::nullopt : std::optional(*whole + Duration::nanoseconds(ns));
}

std::string rfc3339(Instant at) {
  const Civil c = civil(at);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", c.year, c.month,
                c.day, c.hour, c.minute, c.second, static_cast<int>(c.nanosecond / 1'000));
  return out.data();
}

}  // namespace rehearse::wire
