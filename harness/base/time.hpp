#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"

namespace rehearse {

// A span of time in whole nanoseconds; may be negative. Arithmetic saturates at ±292 years, so a
// mistaken scenario cannot wrap a clock around.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration nanoseconds(std::int64_t ns) { return Duration(ns); }
  static constexpr Duration microseconds(std::int64_t us) { return Duration(saturate(us, 1'000)); }
  static constexpr Duration milliseconds(std::int64_t ms) {
    return Duration(saturate(ms, 1'000'000));
  }
  static constexpr Duration seconds(std::int64_t s) { return Duration(saturate(s, 1'000'000'000)); }
  // Floored to whole nanoseconds; NaN becomes zero, and values past the range its nearest end.
  static constexpr Duration from_seconds(double s) {
    const double ns = s * 1e9;
    if (ns >= 0 && ns < 9.2e18) [[likely]] {
      return Duration(static_cast<std::int64_t>(ns));
    }
    if (!(ns == ns)) {
      return Duration(0);
    }
    if (ns >= 9.2e18) {
      return max();
    }
    if (ns <= -9.2e18) {
      return Duration(-max().ns_);
    }
    const auto whole = static_cast<std::int64_t>(ns);
    return Duration(static_cast<double>(whole) > ns ? whole - 1 : whole);
  }
  static constexpr Duration zero() { return Duration(0); }
  static constexpr Duration max() { return Duration(std::numeric_limits<std::int64_t>::max()); }

  constexpr std::int64_t count_ns() const { return ns_; }
  constexpr double count_s() const { return static_cast<double>(ns_) * 1e-9; }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration other) const { return Duration(add(ns_, other.ns_)); }
  constexpr Duration operator-(Duration other) const { return Duration(subtract(ns_, other.ns_)); }
  constexpr Duration operator-() const { return Duration(subtract(0, ns_)); }
  constexpr Duration& operator+=(Duration other) { return *this = *this + other; }
  constexpr Duration& operator-=(Duration other) { return *this = *this - other; }
  // Scaled and floored; saturates.
  constexpr Duration operator*(double factor) const {
    return from_seconds(static_cast<double>(ns_) * factor * 1e-9);
  }

 private:
  friend class Instant;
  constexpr explicit Duration(std::int64_t ns) : ns_(ns) {}
  static constexpr std::int64_t add(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) {
      return b > 0 ? std::numeric_limits<std::int64_t>::max()
                   : std::numeric_limits<std::int64_t>::min();
    }
    return sum;
  }
  static constexpr std::int64_t subtract(std::int64_t a, std::int64_t b) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(a, b, &difference)) {
      return b < 0 ? std::numeric_limits<std::int64_t>::max()
                   : std::numeric_limits<std::int64_t>::min();
    }
    return difference;
  }
  static constexpr std::int64_t saturate(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) {
      return (a < 0) == (b < 0) ? std::numeric_limits<std::int64_t>::max()
                                : std::numeric_limits<std::int64_t>::min();
    }
    return product;
  }

  std::int64_t ns_ = 0;
};

// A point of time in whole nanoseconds since the start of the run (scenario time) or since the
// epoch (wall time); which of the two is said where it is stored.
class Instant {
 public:
  constexpr Instant() = default;
  static constexpr Instant from_ns(std::int64_t ns) { return Instant(ns); }
  static constexpr Instant from_seconds(double s) {
    return Instant(Duration::from_seconds(s).count_ns());
  }
  // Later than every instant a run can reach.
  static constexpr Instant never() { return Instant(std::numeric_limits<std::int64_t>::max()); }

  constexpr std::int64_t count_ns() const { return ns_; }
  constexpr double count_s() const { return static_cast<double>(ns_) * 1e-9; }

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant operator+(Duration d) const { return Instant(Duration::add(ns_, d.ns_)); }
  constexpr Instant operator-(Duration d) const { return Instant(Duration::subtract(ns_, d.ns_)); }
  constexpr Duration operator-(Instant other) const {
    return Duration(Duration::subtract(ns_, other.ns_));
  }
  constexpr Instant& operator+=(Duration d) { return *this = *this + d; }

 private:
  constexpr explicit Instant(std::int64_t ns) : ns_(ns) {}
  std::int64_t ns_ = 0;
};

namespace literals {
constexpr Duration operator""_ns(unsigned long long n) {
  return Duration::nanoseconds(static_cast<std::int64_t>(n));
}
constexpr Duration operator""_us(unsigned long long n) {
  return Duration::microseconds(static_cast<std::int64_t>(n));
}
constexpr Duration operator""_ms(unsigned long long n) {
  return Duration::milliseconds(static_cast<std::int64_t>(n));
}
constexpr Duration operator""_s(unsigned long long n) {
  return Duration::seconds(static_cast<std::int64_t>(n));
}
}  // namespace literals

// The longest duration that a scenario may name; beyond it a value is surely a mistake.
inline constexpr Duration kLongestDuration = Duration::seconds(100LL * 365 * 86'400);

// Reads "250ms", "1.5s", "5m", "1h30m", "2d", "7us", "10ns"; a bare "0" is zero. Negative or absurd
// values (past kLongestDuration) are errors. Exact to the nanosecond, floored below it.
Result<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back exactly: "1.5s", "250ms", "1h30m".
std::string duration_text(Duration duration);

// For people: three significant digits in the unit that fits, "76.5 s", "5.55 s", "4.80 us",
// "2 m 05 s", "3 h 20 m".
std::string readable_duration(Duration duration);

}  // namespace rehearse
