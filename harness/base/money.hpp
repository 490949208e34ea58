#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "harness/base/result.hpp"

namespace rehearse {

// An amount of US dollars in whole nano-dollars (1e-9 USD): fine enough for one token, wide enough
// for nine billion dollars. Saturates.
class Money {
 public:
  constexpr Money() = default;
  static constexpr Money nano_usd(std::int64_t n) { return Money(n); }
  // Rounded to the nearest nano-dollar.
  static Money from_usd(double usd);

  constexpr std::int64_t count_nano_usd() const { return nano_; }
  constexpr double count_usd() const { return static_cast<double>(nano_) * 1e-9; }

  constexpr auto operator<=>(const Money&) const = default;
  constexpr Money operator+(Money other) const {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(nano_, other.nano_, &sum)) {
      return Money(other.nano_ > 0 ? INT64_MAX : INT64_MIN);
    }
    return Money(sum);
  }
  constexpr Money operator-(Money other) const {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(nano_, other.nano_, &difference)) {
      return Money(other.nano_ < 0 ? INT64_MAX : INT64_MIN);
    }
    return Money(difference);
  }
  constexpr Money& operator+=(Money other) { return *this = *this + other; }

 private:
  constexpr explicit Money(std::int64_t n) : nano_(n) {}
  std::int64_t nano_ = 0;
};

// A price per unit, as published ("0.15 USD per million tokens"), kept exact: femto-dollars per
// unit.
class UnitPrice {
 public:
  constexpr UnitPrice() = default;
  // `usd` for `units` of something; rounded to a femto-dollar per unit.
  static UnitPrice usd_per(double usd, double units);
  // units × price, rounded half away from zero to a nano-dollar once, for the whole amount.
  // Saturates.
  Money of(std::int64_t units) const;
  bool is_zero() const { return femto_ == 0; }
  double usd_per_unit() const { return static_cast<double>(femto_) * 1e-15; }

 private:
  constexpr explicit UnitPrice(std::int64_t femto) : femto_(femto) {}
  std::int64_t femto_ = 0;
};

// For people, always in dollars: two decimals, and below one dollar three significant digits (as
// far as nano-dollars reach): "12.30 USD", "0.0918 USD", "0.500 USD". Rounded half away from zero.
std::string readable_money(Money money);

}  // namespace rehearse
