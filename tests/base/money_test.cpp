#include "harness/base/money.hpp"

#include <catch2/catch.hpp>
#include <cmath>

namespace rehearse {
namespace {

TEST_CASE("amounts round to the nearest nano-dollar and saturate") {
  CHECK(Money::from_usd(0.0918).count_nano_usd() == 91'800'000);
  CHECK(Money::from_usd(0.15e-6).count_nano_usd() == 150);
  CHECK(Money::from_usd(1.4e-9).count_nano_usd() == 1);
  CHECK(Money::from_usd(-1.6e-9).count_nano_usd() == -2);
  CHECK(Money::from_usd(1e300).count_nano_usd() == INT64_MAX);
  CHECK(Money::from_usd(-1e300).count_nano_usd() == INT64_MIN);
  CHECK(Money::from_usd(std::nan("")).count_nano_usd() == 0);
  CHECK(Money::nano_usd(INT64_MAX) + Money::nano_usd(1) == Money::nano_usd(INT64_MAX));
  CHECK(Money::nano_usd(INT64_MIN) - Money::nano_usd(1) == Money::nano_usd(INT64_MIN));
  CHECK(Money::nano_usd(5) - Money::nano_usd(INT64_MIN) == Money::nano_usd(INT64_MAX));
}

TEST_CASE("a bill is rounded once, half away from zero") {
  const UnitPrice mini = UnitPrice::usd_per(0.15, 1e6);
  CHECK(mini.of(1'000'000) == Money::from_usd(0.15));
  CHECK(mini.of(1).count_nano_usd() == 150);
  const UnitPrice half = UnitPrice::usd_per(0.5e-9, 1);
  CHECK(half.of(1).count_nano_usd() == 1);
  CHECK(half.of(2).count_nano_usd() == 1);
  CHECK(half.of(3).count_nano_usd() == 2);
  CHECK(half.of(-1).count_nano_usd() == -1);
  CHECK(UnitPrice::usd_per(1, 3).of(3) == Money::from_usd(1));
  CHECK(UnitPrice().of(INT64_MAX) == Money());
  CHECK(UnitPrice::usd_per(9000, 1).of(INT64_MAX).count_nano_usd() == INT64_MAX);
  CHECK(UnitPrice::usd_per(9000, 1).of(-INT64_MAX).count_nano_usd() == INT64_MIN);
  CHECK(UnitPrice::usd_per(1, 0).of(1).count_nano_usd() > 0);
  CHECK(UnitPrice::usd_per(0, 0).is_zero());
}

TEST_CASE("money for people has two decimals, and three digits below a dollar") {
  const auto text = [](double usd) { return readable_money(Money::from_usd(usd)); };
  CHECK(text(0) == "0.00 USD");
  CHECK(text(12.3) == "12.30 USD");
  CHECK(text(1) == "1.00 USD");
  CHECK(text(1.005) == "1.01 USD");
  CHECK(text(91.2) == "91.20 USD");
  CHECK(text(12345.678) == "12345.68 USD");
  CHECK(text(0.0918) == "0.0918 USD");
  CHECK(text(0.5) == "0.500 USD");
  CHECK(text(0.99949) == "0.999 USD");
  CHECK(text(0.9996) == "1.00 USD");
  CHECK(text(0.0099996) == "0.0100 USD");
  CHECK(text(0.000123456) == "0.000123 USD");
  CHECK(text(1.5e-7) == "0.000000150 USD");
  CHECK(text(1e-9) == "0.000000001 USD");
  CHECK(text(-0.0918) == "-0.0918 USD");
  CHECK(text(-3) == "-3.00 USD");
  CHECK(readable_money(Money::nano_usd(INT64_MIN)) == "-9223372036.85 USD");
}

}  // namespace
}  // namespace rehearse
