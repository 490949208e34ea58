#include "harness/base/time.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "harness/base/rng.hpp"

namespace rehearse {
namespace {

using namespace literals;

TEST_CASE("durations are read in every unit, whole, fractional and combined") {
  CHECK(*parse_duration("0") == Duration::zero());
  CHECK(*parse_duration("250ms") == 250_ms);
  CHECK(*parse_duration("1.5s") == 1500_ms);
  CHECK(*parse_duration("5m") == 300_s);
  CHECK(*parse_duration("1h30m") == 5400_s);
  CHECK(*parse_duration("2d") == 172'800_s);
  CHECK(*parse_duration("7us") == 7_us);
  CHECK(*parse_duration("7\xC2\xB5s") == 7_us);
  CHECK(*parse_duration("10ns") == 10_ns);
  CHECK(*parse_duration(".5s") == 500_ms);
  CHECK(*parse_duration("0.9999999999s") == 999'999'999_ns);  // floored
  CHECK(*parse_duration("1m2.25s") == 62'250_ms);
  CHECK(*parse_duration("36500d") == kLongestDuration);
}

TEST_CASE("bad durations are errors that quote what was found") {
  for (const char* text : {"",
                           " ",
                           "5",
                           "s",
                           "ms",
                           ".",
                           ".s",
                           "-1s",
                           "-0",
                           "1x",
                           "1 s",
                           "1s ",
                           " 1s",
                           "1..5s",
                           "1.5.5s",
                           "1e3s",
                           "1m1h",
                           "1s1s",
                           "5M",
                           "+1s",
                           "NaN",
                           "inf",
                           "36501d",
                           "99999999999999999999s",
                           "1000000000000000000000000000000000000000000s",
                           "0x10s",
                           "1s\n",
                           "1,5s",
                           "\xff",
                           "00"}) {
    INFO(text);
    const auto found = parse_duration(text);
    REQUIRE(!found.ok());
    CHECK(found.error().what.find("expected a duration") != std::string::npos);
  }
  CHECK(parse_duration("5").error().what.find("unit") != std::string::npos);
  CHECK(parse_duration(std::string(5000, '1') + "s").error().what.size() < 200);
  CHECK(parse_duration("1s\x1b[31m").error().what.find('\x1b') == std::string::npos);
}

TEST_CASE("the text of any duration reads back as the same duration") {
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const DrawKey key{.seed = 3, .job = i};
    const auto limit = static_cast<std::uint64_t>(kLongestDuration.count_ns());
    std::uint64_t ns = key.bits(Dimension::Content) >> (1 + key.bits(Dimension::Content, 1) % 63);
    ns = i % 3 == 0 ? ns / 1'000'000 * 1'000'000 : ns;
    const auto d = Duration::nanoseconds(static_cast<std::int64_t>(ns % limit));
    const auto back = parse_duration(duration_text(d));
    INFO(duration_text(d));
    REQUIRE(back.ok());
    REQUIRE(*back == d);
  }
}

TEST_CASE("duration texts are short") {
  CHECK(duration_text(1500_ms) == "1.5s");
  CHECK(duration_text(250_ms) == "250ms");
  CHECK(duration_text(5400_s) == "1h30m");
  CHECK(duration_text(60'500_ms) == "1m500ms");
  CHECK(duration_text(1_ns) == "1ns");
  CHECK(duration_text(Duration::zero()) == "0");
  CHECK(duration_text(-1500_ms) == "-1.5s");
}

TEST_CASE("durations for people have three digits and the unit that fits") {
  CHECK(readable_duration(76'500_ms) == "76.5 s");
  CHECK(readable_duration(5550_ms) == "5.55 s");
  CHECK(readable_duration(4800_ns) == "4.80 us");
  CHECK(readable_duration(125_s) == "2 m 05 s");
  CHECK(readable_duration(12'000_s) == "3 h 20 m");
  CHECK(readable_duration(7_ns) == "7 ns");
  CHECK(readable_duration(Duration::zero()) == "0 s");
  CHECK(readable_duration(-5550_ms) == "-5.55 s");
  CHECK(readable_duration(999'600_us) == "1.00 s");
  CHECK(readable_duration(7'199_s) == "2 h 00 m");
}

TEST_CASE("arithmetic saturates instead of wrapping") {
  CHECK(Duration::max() + 1_ns == Duration::max());
  CHECK(-Duration::max() - 10_s < Duration::zero());
  CHECK(Duration::seconds(INT64_MAX) == Duration::max());
  CHECK(Duration::from_seconds(1e300) == Duration::max());
  CHECK(Duration::from_seconds(-1e300) == -Duration::max());
  CHECK(Duration::from_seconds(std::nan("")) == Duration::zero());
  CHECK(Duration::from_seconds(-0.5e-9) == Duration::nanoseconds(-1));  // floored
  CHECK(Instant::never() + 1_s == Instant::never());
  CHECK(Instant::from_seconds(1) - Instant::from_seconds(3) == -Duration::seconds(2));
  CHECK(Duration::max() * 2 == Duration::max());
}

}  // namespace
}  // namespace rehearse
