#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "harness/base/rng.hpp"
#include "harness/json/layout.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"

using namespace rehearse;
using json::dump;
using json::dump_canonical;
using json::parse;
using json::Value;

namespace {

// A random value from a counter: every kind, awkward strings and numbers, at most `depth` deep.
class Maker {
 public:
  explicit Maker(std::uint64_t seed) : state_(seed) {}
  Value value(int depth) {
    switch (next(depth > 0 ? 7 : 5)) {
      case 0:
        return Value();
      case 1:
        return Value(next(2) == 0);
      case 2:
        return Value(static_cast<std::int64_t>(mix()));
      case 3:
        return Value(number());
      case 4:
        return Value(text());
      case 5:
        return array(depth);
      default:
        return object(depth);
    }
  }

 private:
  std::uint64_t mix() { return state_ = mix64(state_); }
  std::uint64_t next(std::uint64_t below) { return mix() % below; }
  double number() {
    const double u = unit_interval(mix()) - 0.5;
    return std::ldexp(u, static_cast<int>(next(2000)) - 1000);
  }
  std::string text() {
    static const char* pieces[] = {"a",      "\"", "\\", "/",         "\n",           "\x01",
                                   "\x7f",   "é",  "😀", "</script>", "\xE2\x80\xA8", " ",
                                   "\u0800", "0"};
    std::string out;
    for (std::uint64_t n = next(8); n > 0; --n) {
      out += pieces[next(std::size(pieces))];
    }
    return out;
  }
  Value array(int depth) {
    Value out = Value::array();
    for (std::uint64_t n = next(5); n > 0; --n) {
      out.push(value(depth - 1));
    }
    return out;
  }
  Value object(int depth) {
    Value out = Value::object();
    for (std::uint64_t n = next(20); n > 0; --n) {
      out.set(text(), value(depth - 1));
    }
    return out;
  }
  std::uint64_t state_;
};

Value read(std::string_view text) {
  const auto value = parse(text, "t");
  INFO(text);
  REQUIRE(value.ok());
  return *value;
}

}  // namespace

TEST_CASE("what is dumped reads back as the same value in every style") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    INFO("seed " << seed);
    const Value value = Maker(seed).value(4);
    CHECK(read(dump(value)) == value);
    CHECK(read(dump(value, 2)) == value);
    CHECK(read(dump_canonical(value)) == value);
  }
}

TEST_CASE("an indented dump breaks lines and leaves empty containers closed") {
  CHECK(dump(read(R"({"a":[1,2],"b":{},"c":[]})"), 2) ==
        "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
  CHECK(dump(read(R"({"a":[1,2]})")) == R"({"a":[1,2]})");
}

TEST_CASE("equal values have equal canonical text whatever their order and spelling") {
  CHECK(dump_canonical(read(R"({"b":1.0,"a":{"d":[1e2],"c":null}})")) ==
        dump_canonical(read(R"({"a":{"c":null,"d":[100]},"b":1})")));
  CHECK(dump_canonical(read(R"({"b":1,"a":2})")) == R"({"a":2,"b":1})");
  CHECK(dump_canonical(read("[1,2]")) != dump_canonical(read("[2,1]")));
}

TEST_CASE("numbers print shortest and exact, and non-finite ones as null") {
  CHECK(dump(Value(0.1)) == "0.1");
  CHECK(dump(Value(1e300)) == "1e+300");
  CHECK(dump(Value(100000.0)) == "100000");
  CHECK(dump(Value(std::int64_t{INT64_MIN})) == "-9223372036854775808");
  CHECK(dump(Value(std::numeric_limits<double>::quiet_NaN())) == "null");
  CHECK(dump(Value(-std::numeric_limits<double>::infinity())) == "null");
}

TEST_CASE("invalid UTF-8 is replaced so that the text is always valid") {
  for (const std::string bad : {"\xFF", "\xC3", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC0\x80",
                                "\xE0\x80\x80", "\xF0\x80\x80\x80", "a\x80z"}) {
    const Value back = read(dump(Value(bad)));
    CHECK(back.as_string().find("\xEF\xBF\xBD") != std::string::npos);
  }
  CHECK(dump(Value("é😀")) == "\"é😀\"");
}

TEST_CASE("a quoted string can stand inside an HTML script") {
  CHECK(json::quote("</script>&\"\xE2\x80\xA8") == "\"\\u003c/script\\u003e\\u0026\\\"\\u2028\"");
  CHECK(read(json::quote("</script>&")).as_string() == "</script>&");
}

TEST_CASE("members are set in place, added at the end and erased") {
  Value v = read(R"({"a":1,"b":2})");
  v.set("a", "x");
  v.set("c", Value::array()).push(7);
  CHECK(v.erase("b"));
  CHECK_FALSE(v.erase("b"));
  CHECK(dump(v) == R"({"a":"x","c":[7]})");
  CHECK(Value(3).find("a") == nullptr);
}

TEST_CASE("whatever stands where in a text, what is written reads back") {
  const std::string special[] = {"\"", "\\", "\n", "\x1f", "\x7f", "\xc3\xa9", "\xe2\x82\xac"};
  for (const std::string& c : special) {
    for (std::size_t size = 0; size < 40; ++size) {
      for (std::size_t at = 0; at <= size; ++at) {
        std::string text(size, 'a');
        text.insert(at, c);
        const auto back = json::parse(json::dump(json::Value(text)));
        REQUIRE(back.ok());
        REQUIRE(back->as_string() == text);
      }
    }
  }
  REQUIRE(json::dump(json::Value(std::string(20, 'a') + '\xff')) ==
          '"' + std::string(20, 'a') + "\xEF\xBF\xBD\"");
}

TEST_CASE("text for people reads back, and breaks only what is too long for a line") {
  const Value v = read(R"({"a":{"b":[1,2],"c":{}},"d":[],"long":["0123456789","0123456789"]})");
  CHECK(json::dump_for_people(v, 40) ==
        "{\n"
        "  \"a\": { \"b\": [1, 2], \"c\": {} },\n"
        "  \"d\": [],\n"
        "  \"long\": [\"0123456789\", \"0123456789\"]\n"
        "}\n");
  CHECK(json::dump_for_people(*v.find("long"), 20) ==
        "[\n  \"0123456789\",\n  \"0123456789\"\n]\n");
  CHECK(json::dump_for_people(Value("x")) == "\"x\"\n");
  CHECK(json::dump_for_people(Value::object()) == "{}\n");
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Value value = Maker(seed).value(4);
    for (const std::size_t width : {1U, 40U, 100U}) {
      const std::string text = json::dump_for_people(value, width);
      CAPTURE(seed, text);
      REQUIRE(read(text) == value);
    }
  }
}
