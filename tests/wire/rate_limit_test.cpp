#include <catch2/catch.hpp>

#include "harness/wire/rate_limit.hpp"
#include "harness/wire/time_text.hpp"

using namespace rehearse;
using namespace rehearse::literals;
using namespace rehearse::wire;

TEST_CASE("Go durations print and read back as Go does") {
  const std::pair<Duration, const char*> cases[] = {{0_ns, "0s"},
                                                    {1_ns, "1ns"},
                                                    {1'500_ns, "1.5µs"},
                                                    {12_ms, "12ms"},
                                                    {1_s, "1s"},
                                                    {1'500_ms, "1.5s"},
                                                    {360_s, "6m0s"},
                                                    {3'600_s, "1h0m0s"},
                                                    {18'642_ms, "18.642s"},
                                                    {90'061_s, "25h1m1s"},
                                                    {60'000'000'001_ns, "1m0.000000001s"}};
  for (const auto& [duration, text] : cases) {
    CHECK(go_duration_text(duration) == text);
    REQUIRE(parse_go_duration(text).has_value());
    CHECK(*parse_go_duration(text) == duration);
  }
  CHECK(*parse_go_duration("500us") == 500_us);
  for (const char* bad : {"", "s", "1", "1x", "-1s", "1s ", "..5s", "1e400h", "99999999999h"}) {
    INFO(bad);
    CHECK_FALSE(parse_go_duration(bad).has_value());
  }
}

TEST_CASE("HTTP dates and RFC 3339 instants are those of their standards") {
  const Instant at = Instant::from_ns(784'111'777LL * 1'000'000'000 + 5'000);
  CHECK(http_date(at) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")->count_ns() ==
        784'111'777LL * 1'000'000'000);
  CHECK(rfc3339(at) == "1994-11-06T08:49:37.000005Z");
  CHECK(http_date(Instant()) == "Thu, 01 Jan 1970 00:00:00 GMT");
  for (const char* bad : {"", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT",
                          "Sun, 06 Nov 1994 25:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    INFO(bad);
    CHECK_FALSE(parse_http_date(bad).has_value());
  }
}

TEST_CASE("a reset is the time until the bucket is full, as in a real answer's headers") {
  const LimitState requests = limit_state(5000, 4999, 60_s);
  CHECK(requests.reset == 12_ms);
  const LimitState tokens = limit_state(160'000, 159'976, 60_s);
  CHECK(tokens.reset == 9_ms);
  CHECK(limit_state(10, 0, 60_s).reset == 60_s);
  CHECK(limit_state(10, 10, 60_s).reset == 0_ns);
  CHECK(limit_state(10, -5, 60_s).remaining == 0);
  CHECK(limit_state(10, 50, 60_s).remaining == 10);
  CHECK(limit_state(0, 0, 60_s).reset == 0_ns);
}

TEST_CASE("limit headers read back and missing or broken ones are left out") {
  Headers headers;
  const RateLimits limits{limit_state(500, 499, 60_s), limit_state(30'000, 5'246, 60_s)};
  write_rate_limits(headers, limits);
  CHECK(headers.get("x-ratelimit-reset-requests") == "120ms");
  CHECK(headers.size() == 6);
  CHECK(read_rate_limits(headers) == limits);
  headers.set("x-ratelimit-limit-tokens", "many");
  CHECK_FALSE(read_rate_limits(headers).tokens.has_value());
  CHECK_FALSE(read_rate_limits({}).requests.has_value());
}

TEST_CASE("the wait of a refusal is rounded up and its milliseconds win") {
  Headers headers;
  write_retry_after(headers, 18'642'100_us);
  CHECK(headers.get("retry-after") == "19");
  CHECK(headers.get("retry-after-ms") == "18643");
  CHECK(*read_retry_after(headers, Instant()) == 18'643_ms);
  CHECK(*read_retry_after({{"Retry-After", "2"}}, Instant()) == 2_s);
  CHECK(*read_retry_after({{"retry-after", "0.5"}}, Instant()) == 500_ms);
  const Instant now = *parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(*read_retry_after({{"retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"}}, now) == 3_s);
  CHECK(*read_retry_after({{"retry-after", "Sun, 06 Nov 1994 08:49:30 GMT"}}, now) == 0_s);
  for (const char* bad : {"", "soon", "-1", "nan", "inf", "1e99"}) {
    INFO(bad);
    CHECK_FALSE(read_retry_after({{"retry-after", bad}}, Instant()).has_value());
  }
}
