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
  const Wide femto = static_cast<Wide>(units) * femto_;
  const Wide half = femto >= 0 ? 500'000 : -500'000;
  const Wide nano = (femto + half) / 1'000'000;
  if (nano > INT64_MAX) {
    return Money::nano_usd(INT64_MAX);
  }
  return Money::nano_usd(static_cast<std::int64_t>(nano));
}

std::string readable_money(Money money) {
  const double usd = money.count_usd();
  const double size = std::fabs(usd);
  int decimals = 2;
  for (double scaled = size; scaled > 0 && scaled < 9.995 && decimals < 9; scaled *= 10) {
    ++decimals;
    if (decimals > 2 && scaled >= 0.9995) {
      decimals = size >= 0.9995 ? 2 : decimals - 1;
      break;
    }
  }
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%.*f USD", decimals, usd);
  return out.data();
}

}  // namespace rehearse
