#include "harness/base/money.hpp"

#include <array>
#include <cmath>
#include <cstdio>

#include "harness/base/wide.hpp"

namespace rehearse {

Money Money::from_usd(double usd) {
  const double nano = usd * 1e9;
  if (!(nano == nano)) {
    return Money(0);
  }
  if (std::fabs(nano) >= 9.2e18) {
    return Money(nano > 0 ? INT64_MAX : INT64_MIN);
  }
  return Money(std::llround(nano));
}

UnitPrice UnitPrice::usd_per(double usd, double units) {
  const double femto = usd / units * 1e15;
  if (!(femto == femto) || std::fabs(femto) >= 9.2e18) {
    return UnitPrice(femto > 0 ? INT64_MAX : 0);
  }
  return UnitPrice(std::llround(femto));
}

Money UnitPrice::of(std::int64_t units) const {
  constexpr std::int64_t kMost = INT64_MAX - 500'000;
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(units, femto_, &product) && product >= 0 && product <= kMost) {
    return Money::nano_usd((product + 500'000) / 1'000'000);  // the usual case, in 64 bits
  }
  const Wide femto = static_cast<Wide>(units) * femto_;
  const Wide half = femto >= 0 ? 500'000 : -500'000;
  const Wide nano = (femto + half) / 1'000'000;
  if (nano > INT64_MAX || nano < INT64_MIN) {
    return Money::nano_usd(nano > 0 ? INT64_MAX : INT64_MIN);
  }
  return Money::nano_usd(static_cast<std::int64_t>(nano));
}

namespace {

constexpr std::uint64_t kNanosPerUsd = 1'000'000'000;

// nanos rounded half up to this many decimals (0 to 9) of a dollar.
std::uint64_t rounded(std::uint64_t nanos, int decimals) {
  std::uint64_t unit = 1;
  for (int i = decimals; i < 9; ++i) {
    unit *= 10;
  }
  return (nanos + unit / 2) / unit * unit;
}

// Decimals that show three significant digits of an amount below a dollar.
int decimals_below_one(std::uint64_t nanos) {
  int decimals = 3;
  for (std::uint64_t limit = kNanosPerUsd / 10; nanos < limit && decimals < 9; limit /= 10) {
    ++decimals;
  }
  return decimals;
}

}  // namespace

std::string readable_money(Money money) {
  const std::int64_t signed_nanos = money.count_nano_usd();
  const auto nanos = signed_nanos < 0 ? ~static_cast<std::uint64_t>(signed_nanos) + 1
                                      : static_cast<std::uint64_t>(signed_nanos);
  int decimals = 2;
  if (nanos > 0 && nanos < kNanosPerUsd) {
    // Rounding may carry into one more digit: 0.9996 is shown as 1.00.
    decimals = decimals_below_one(rounded(nanos, decimals_below_one(nanos)));
    decimals = rounded(nanos, decimals) >= kNanosPerUsd ? 2 : decimals;
  }
  const std::uint64_t shown = rounded(nanos, decimals);
  std::array<char, 32> fraction{};
  std::snprintf(fraction.data(), fraction.size(), "%09llu",
                static_cast<unsigned long long>(shown % kNanosPerUsd));
  std::string out = signed_nanos < 0 ? "-" : "";
  out += std::to_string(shown / kNanosPerUsd);
  out += '.';
  out.append(fraction.data(), static_cast<std::size_t>(decimals));
  out += " USD";
  return out;
}

}  // namespace rehearse
