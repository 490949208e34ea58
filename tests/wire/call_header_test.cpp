#include <catch2/catch.hpp>

#include "harness/base/rng.hpp"
#include "harness/wire/call_header.hpp"
#include "harness/wire/own_request.hpp"
#include "harness/wire/usage_header.hpp"

using namespace rehearse;
using namespace rehearse::wire;

TEST_CASE("a call header reads as its place and its drawn amounts") {
  CallHeader call;
  call.job = 42;
  call.stage = "image prompt/é";
  call.item = 3;
  call.attempt = 2;
  call.input_tokens = 900;
  call.output_tokens = 312;
  call.audio_ms = 1500;
  call.bytes = 7;
  call.share = 0.1;
  call.time_ratio = 1.0 / 3;
  call.new_connection = true;
  const std::string text = call_header_text(call);
  CHECK(text ==
        "1/42/image%20prompt%2F%C3%A9/3/2;input_tokens=900;output_tokens=312;audio_ms=1500"
        ";bytes=7;share=0.1;time_ratio=0.3333333333333333;new_connection=1");
  REQUIRE(parse_call_header(text).ok());
  CHECK(*parse_call_header(text) == call);
}

TEST_CASE("every call header reads back as itself") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    INFO("seed " << seed);
    std::uint64_t state = seed;
    const auto next = [&state] { return state = mix64(state); };
    CallHeader call;
    call.seed = next();
    call.job = next();
    for (std::uint64_t n = next() % 20; n > 0; --n) {
      call.stage += static_cast<char>(next());
    }
    call.item = static_cast<std::uint32_t>(next());
    call.attempt = static_cast<std::uint32_t>(next());
    for (auto* amount : {&call.input_tokens, &call.output_tokens, &call.cached_tokens, &call.steps,
                         &call.audio_ms, &call.characters, &call.bytes}) {
      if (next() % 2 == 0) {
        *amount = static_cast<std::int64_t>(next() >> 1);
      }
    }
    if (next() % 2 == 0) {
      call.share = unit_interval(next());
      call.time_ratio = unit_interval(next()) * 1e3;
      call.new_connection = true;
    }
    const auto back = parse_call_header(call_header_text(call));
    REQUIRE(back.ok());
    CHECK(*back == call);
  }
}

TEST_CASE("malformed call headers are refused with one line") {
  for (const std::string text : {"",
                                 "1",
                                 "1/2/s/0",
                                 "1/2/s/0/",
                                 "-1/2/s/0/0",
                                 "1/2/s/0/0/0",
                                 "1/2/s/4294967296/0",
                                 "18446744073709551616/2/s/0/0",
                                 "1/2/s/0/0;unknown=1",
                                 "1/2/s/0/0;input_tokens=-1",
                                 "1/2/s/0/0;input_tokens=",
                                 "1/2/s/0/0;input_tokens=1;input_tokens=1",
                                 "1/2/s/0/0;share=nan",
                                 "1/2/s/0/0;share=1.5",
                                 "1/2/s/0/0;share=-1",
                                 "1/2/s/0/0;time_ratio=nan",
                                 "1/2/s/0/0;time_ratio=inf",
                                 "1/2/s/0/0;time_ratio=0",
                                 "1/2/s/0/0;new_connection=2",
                                 "1/2/s/0/0;new_connection",
                                 "1/2/s/0/0;;bytes=1",
                                 " 1/2/s/0/0"}) {
    INFO(text);
    REQUIRE_FALSE(parse_call_header(text).ok());
    CHECK(parse_call_header(text).error().text().find('\n') == std::string::npos);
  }
  CHECK_FALSE(parse_call_header("1/2/" + std::string(5000, 'a') + "/0/0").ok());
  CHECK_FALSE(parse_call_header("1/2/" + std::string(1025, 'a') + "/0/0").ok());
}

TEST_CASE("a usage header reads back as itself, and anything else is nothing") {
  rehearse::Usage usage;
  CHECK(usage_header_text(usage).empty());
  CHECK(parse_usage_header("") == usage);
  usage.input_tokens = 900;
  usage.images = 1;
  usage.bytes = 9'000'000'000'000'000'000;
  CHECK(usage_header_text(usage) == "input_tokens=900;images=1;bytes=9000000000000000000");
  CHECK(parse_usage_header(usage_header_text(usage)) == usage);
  for (const std::string text : {"images", "images=", "images=-1", "images=1;", "images=1;images=1",
                                 "images=1;input_tokens=1", "x=1", ";", "images=1 "}) {
    INFO(text);
    CHECK_FALSE(parse_usage_header(text).has_value());
  }
}

TEST_CASE("a body written by hand keeps what it says and gets what it lacks") {
  const auto body = complete_body(R"({"model":"own","n":2})", {{"model", "m"}, {"stream", true}});
  REQUIRE(body.ok());
  CHECK(*body == R"({"model":"own","n":2,"stream":true})");
  CHECK_FALSE(complete_body("[]", {}).ok());
  CHECK_FALSE(complete_body("{", {}).ok());
}

TEST_CASE("a call header carries what a provider's own request cannot say") {
  CallHeader call;
  call.stage = "image";
  call.n = 3;
  call.size = "1792x1024";
  call.quality = "2K;x=1/é";
  const std::string text = call_header_text(call);
  CHECK(text == "1/0/image/0/0;n=3;size=1792x1024;quality=2K%3Bx%3D1%2F%C3%A9");
  REQUIRE(parse_call_header(text).ok());
  CHECK(*parse_call_header(text) == call);
  CHECK_FALSE(parse_call_header("1/0/image/0/0;size=").ok());
  CHECK_FALSE(parse_call_header("1/0/image/0/0;size=a;size=b").ok());
  CHECK_FALSE(parse_call_header("1/0/image/0/0;size=" + std::string(65, 'x')).ok());
}
