#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "harness/base/rng.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"

using namespace rehearse;
using json::Limits;
using json::parse;
using json::Position;
using json::Value;

namespace {

std::string error_of(std::string_view text, const Limits& limits = {}) {
  const auto value = parse(text, "f.json", limits);
  REQUIRE_FALSE(value.ok());
  REQUIRE(value.errors().size() == 1);
  return value.error().text();
}

Value value_of(std::string_view text, const Limits& limits = {}) {
  const auto value = parse(text, "f.json", limits);
  INFO((value ? "" : value.error().text()));
  REQUIRE(value.ok());
  return *value;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("a text keeps its members in their order and every value's place") {
  const Value v = value_of("{\n  \"b\": [1, \"x\"], // why\n  /* é */ \"a\" : {\"c\":null}\n}");
  REQUIRE(v.members().size() == 2);
  CHECK(v.members()[0].key == "b");
  CHECK(v.members()[0].key_position == Position{2, 3});
  CHECK(v.position() == Position{1, 1});
  CHECK(v.find("b")->position() == Position{2, 8});
  CHECK(v.find("b")->items()[0].position() == Position{2, 9});
  CHECK(v.find("b")->items()[1].position() == Position{2, 12});
  CHECK(v.members()[1].key_position == Position{3, 11});
  CHECK(v.find("a")->position() == Position{3, 17});
  CHECK(v.find("a")->find("c")->position() == Position{3, 22});
}

TEST_CASE("positions survive escapes, quotes and comment marks inside strings") {
  const Value v = value_of(R"(["a\"]//,", "\\", "/* no */", 7, -0.5e-3, true, [], {}, 8])");
  REQUIRE(v.items().size() == 9);
  CHECK(v.items()[0].as_string() == "a\"]//,");
  CHECK(v.items()[1].position() == Position{1, 13});
  CHECK(v.items()[2].position() == Position{1, 19});
  CHECK(v.items()[3].position() == Position{1, 31});
  CHECK(v.items()[5].position() == Position{1, 43});
  CHECK(v.items()[8].position() == Position{1, 57});
}

TEST_CASE("integers stay exact up to 64 bits and become doubles beyond") {
  CHECK(value_of("9223372036854775807").as_integer() == INT64_MAX);
  CHECK(value_of("-9223372036854775808").as_integer() == INT64_MIN);
  CHECK(value_of("9223372036854775808").kind() == Value::Kind::Number);
  CHECK(value_of("18446744073709551616").as_double() == 18446744073709551616.0);
  CHECK(value_of("-9223372036854775809").kind() == Value::Kind::Number);
  CHECK(value_of("1.0").kind() == Value::Kind::Number);
  CHECK(value_of("5e-324").as_double() > 0);
}

TEST_CASE("one and one point zero are one value, neighbours past 2^53 are not") {
  CHECK(value_of("1") == value_of("1.0"));
  CHECK_FALSE(value_of("9007199254740993") == value_of("9007199254740992.0"));
  CHECK_FALSE(value_of("1") == value_of("true"));
  CHECK(value_of(R"({"a":1,"b":2})") == value_of(R"({"b":2,"a":1})"));
  CHECK_FALSE(value_of(R"({"a":1,"b":2})") == value_of(R"({"a":1,"c":2})"));
  CHECK_FALSE(value_of("[1,2]") == value_of("[2,1]"));
}

TEST_CASE("an empty, blank or commented-out text says that a value is missing") {
  CHECK(error_of("") == "f.json:1:1: expected a JSON value, found the end of the text");
  CHECK(error_of(" \n ") == "f.json:2:2: expected a JSON value, found the end of the text");
  CHECK(error_of("// {}") == "f.json:1:6: expected a JSON value, found the end of the text");
  CHECK(error_of("\xEF\xBB\xBF") == "f.json:1:1: expected a JSON value, found the end of the text");
}

TEST_CASE("a byte order mark is skipped and not counted") {
  CHECK(value_of("\xEF\xBB\xBF[1]").items()[0].position() == Position{1, 2});
  CHECK(error_of("\xEF\xBB\xBF[x]") == "f.json:1:2: expected a value or ']', found \"x]\"");
  CHECK_FALSE(parse("\xFE\xFF\x00[", "f").ok());
}

TEST_CASE("errors name the place, what was expected and what stands there") {
  CHECK(error_of("[1 2]") == "f.json:1:4: expected ',' or ']', found \"2]\"");
  CHECK(error_of("[1,]") == "f.json:1:4: expected a value after ',', found \"]\"");
  CHECK(error_of("[1,,2]") == "f.json:1:4: expected a value, found \",2]\"");
  CHECK(error_of("[1") == "f.json:1:3: expected ',' or ']', found the end of the text");
  CHECK(error_of("{\"a\"}") == "f.json:1:5: expected ':', found \"}\"");
  CHECK(error_of("{\"a\" 1}") == "f.json:1:6: expected ':', found \"1}\"");
  CHECK(error_of("{\"a\":}") == "f.json:1:6: expected a value, found \"}\"");
  CHECK(error_of("{\"a\":1,}") == "f.json:1:8: expected a key after ',', found \"}\"");
  CHECK(error_of("{a:1}") == "f.json:1:2: expected a key in double quotes or '}', found \"a:1}\"");
  CHECK(error_of("{\"a\":1 \"b\":2}") == "f.json:1:8: expected ',' or '}', found \"\\\"b\\\":2}\"");
  CHECK(error_of("{} x") == "f.json:1:4: expected nothing after the value, found \"x\"");
  CHECK(error_of("{}{}") == "f.json:1:3: expected nothing after the value, found \"{}\"");
  CHECK(error_of("{\"a\":1]") == "f.json:1:7: expected ',' or '}', found \"]\"");
  CHECK(error_of("['a']") ==
        "f.json:1:2: expected a value or ']' (strings stand in double quotes), found \"'a']\"");
}

TEST_CASE("broken strings say what broke them") {
  CHECK(error_of("[\"abc") ==
        "f.json:1:2: expected a '\"' that closes this string, found \"\\\"abc\"");
  CHECK(error_of("[\"abc\n\"]") ==
        "f.json:1:2: expected a '\"' that closes this string before "
        "the line ends, found \"\\\"abc\"");
  CHECK(error_of("[\"a\\q\"]").starts_with("f.json:1:4: expected one of"));
  CHECK(error_of("[\"a\\u12g4\"]").starts_with("f.json:1:4: expected \\u and four hexadecimal"));
  CHECK(error_of("[\"\\ud800 x\"]").find("surrogates in pairs") != std::string::npos);
  CHECK(error_of("[\"a\tb\"]").starts_with("f.json:1:4: expected no control character"));
  CHECK(error_of("[\"a\xFFz\"]").starts_with("f.json:1:4: expected valid UTF-8"));
  CHECK(error_of("[\"\xC3\"]").find("expected valid UTF-8") != std::string::npos);
  CHECK(error_of("[\"\xED\xA0\x80\"]").find("expected valid UTF-8") != std::string::npos);
}

TEST_CASE("numbers that JSON does not know are refused") {
  for (const char* text :
       {"NaN", "Infinity", "-Infinity", "+1", "01", "1.", ".5", "0x10", "1e", "--1", "1_000"}) {
    INFO(text);
    CHECK(error_of(text).starts_with("f.json:1:"));
  }
  CHECK(error_of("[1e999]") == "f.json:1:2: expected a number below 1.8e308, found \"1e999\"");
  CHECK(error_of("[-1e400]").find("found \"-1e400\"") != std::string::npos);
  CHECK(error_of("[" + std::string(5000, '9') + "]").size() < 150);
}

TEST_CASE("a NUL byte is refused wherever it stands, with what comes after it") {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {"[1]\0garbage"sv, "\0"sv, "// a\0true"sv, "[\"a\0b\"]"sv, "/* \0 */ 1"sv, "{\"a\":\0}"sv}) {
    CHECK(error_of(text).find("found a NUL byte") != std::string::npos);
  }
  CHECK(error_of("[1]\0"sv) == "f.json:1:4: expected text in UTF-8, found a NUL byte");
}

TEST_CASE("comments are read unless they are forbidden or never end") {
  CHECK(value_of("/**/[1,/*,*/2//]\n]").items().size() == 2);
  CHECK(value_of("[1, // a\r 2]").items().size() == 2);
  CHECK(error_of("[[//\r{:1") ==
        "f.json:1:7: expected a key in double quotes or '}', found \":1\"");
  CHECK(error_of("[1] /* no end").starts_with("f.json:1:5: expected '*/'"));
  Limits strict;
  strict.comments = false;
  CHECK(error_of("[1] // x", strict).starts_with("f.json:1:5: expected nothing after the value"));
}

TEST_CASE("a key that stands twice is refused with its second place") {
  CHECK(error_of("{\"a\": 1,\n \"a\": 2}") ==
        "f.json:2:2: expected each key once, found \"a\" again");
  CHECK(error_of(R"({"x":{"é":1,"\u00e9":2}})").find("each key once") != std::string::npos);
  std::string many = "{";
  for (int i = 0; i < 100; ++i) {
    many += "\"k" + std::to_string(i) + "\":0,";
  }
  CHECK(error_of(many + "\"k57\":1}").find("found \"k57\" again") != std::string::npos);
  CHECK(value_of(many + "\"k100\":1}").members().size() == 101);
}

TEST_CASE("on a wire the last of two equal keys wins") {
  Limits wire;
  wire.duplicate_keys = true;
  const Value v = value_of(R"({"a":1,"b":2,"a":{"c":3,"c":4}})", wire);
  REQUIRE(v.members().size() == 2);
  CHECK(v.find("a")->find("c")->as_integer() == 4);
}

TEST_CASE("nesting is refused at the level past the limit, however deep it goes on") {
  CHECK(value_of(nested(64)).is_array());
  CHECK(error_of(nested(65)) == "f.json:1:65: expected at most 64 levels of nesting, found more");
  CHECK(error_of(std::string(1'000'000, '[')).find("at most 64 levels") != std::string::npos);
  std::string objects;
  for (int i = 0; i < 50'000; ++i) {
    objects += "{\"a\":";
  }
  CHECK(error_of(objects).find("at most 64 levels") != std::string::npos);
  Limits flat;
  flat.depth = 0;
  CHECK(value_of("1", flat).as_integer() == 1);
  CHECK(error_of("[]", flat).find("at most 0 levels") != std::string::npos);
}

TEST_CASE("a text is refused one byte past the size limit") {
  Limits small;
  small.bytes = 4;
  CHECK(value_of("[12]", small).is_array());
  CHECK(error_of("[123]", small) == "f.json: expected at most 4 bytes of JSON, found 5");
}

TEST_CASE("no more than forty characters of the input stand in a message") {
  const std::string line = error_of("[1 " + std::string(10'000, 'x') + "]");
  CHECK(line.size() < 100);
  CHECK(line.find("...") != std::string::npos);
  CHECK(error_of("[1 \x1b[31m]").find('\x1b') == std::string::npos);
}

TEST_CASE("many members and a long array are read in linear time") {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::to_string(i);
  }
  CHECK(value_of(text + "}").members().size() == 200'000);
}

namespace {

// Equal in content, order and every position. A byte order mark makes a text one for the careful
// reader; it has no column.
bool same_in_all(const Value& a, const Value& b) {
  if (!(a.position() == b.position()) || a.kind() != b.kind()) {
    return false;
  }
  if (a.is_array()) {
    return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(),
                      same_in_all);
  }
  if (a.is_object()) {
    return std::equal(a.members().begin(), a.members().end(), b.members().begin(),
                      b.members().end(), [](const json::Member& x, const json::Member& y) {
                        return x.key == y.key && x.key_position == y.key_position &&
                               same_in_all(x.value, y.value);
                      });
  }
  return a == b;
}

void expect_same_readers(const std::string& text) {
  CAPTURE(text);
  const auto plain = parse(text, "a");
  const auto careful = parse("\xEF\xBB\xBF" + text, "a");
  REQUIRE(plain.ok() == careful.ok());
  if (plain.ok()) {
    CHECK(same_in_all(*plain, *careful));
  } else {
    CHECK(plain.error().text() == careful.error().text());
  }
}

}  // namespace

TEST_CASE("the plain and the careful reader agree, value by value and place by place") {
  for (const std::string text : {"{}",
                                 "[]",
                                 " { } ",
                                 "[1,2 ,\n 3]",
                                 "{\"a\":{\"b\":[true,false,null]},\n\t\"c\":\"\"}",
                                 "0",
                                 "-0",
                                 "-1",
                                 "01",
                                 "1.",
                                 "1.5",
                                 ".5",
                                 "1e3",
                                 "1E+3",
                                 "1e-3",
                                 "-1.25e2",
                                 "1e",
                                 "1e999",
                                 "9223372036854775807",
                                 "9223372036854775808",
                                 "-9223372036854775808",
                                 "-9223372036854775809",
                                 "18446744073709551615",
                                 "1e-400",
                                 "\"\\n\\t\\\"\\/\\b\\f\\r\\\\\"",
                                 "\"\\u00e9\"",
                                 "\"\\x\"",
                                 "\"\xc3\xa9\"",
                                 "[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\", 1, {\"\xc3\xa9\": 2}]",
                                 "[\"\xe2\x82\xac\",\n \"\xe2\x82\xac\", 1]",
                                 "\"\xc3\"",
                                 "\"\xc3",
                                 "\"\xe2\x82\"",
                                 "\"\xed\xa0\x80\"",
                                 "\"\xf4\x90\x80\x80\"",
                                 "\"\xc0\xaf\"",
                                 "\"\x80\"",
                                 "\"\xff\"",
                                 "\xc3\xa9",
                                 "[1, \xc3\xa9]",
                                 "\"\\u20ac\\uD83D\\ude00\\u0041\\u0000\"",
                                 "\"\\ud83d\"",
                                 "\"\\ud83d\\u0041\"",
                                 "\"\\ude00\"",
                                 "\"\\u12\"",
                                 "\"\\u+123\"",
                                 "\"\\u12g4\"",
                                 "\"\\u",
                                 "\"\\u123",
                                 "\"\x01\"",
                                 "\"\x7f\"",
                                 "{\"a\":1,\"a\":2}",
                                 "[1,]",
                                 "[,1]",
                                 "{,}",
                                 "{\"a\"}",
                                 "{\"a\":}",
                                 "{\"a\":1,}",
                                 "tru",
                                 "nulll",
                                 "[1 2]",
                                 "",
                                 " ",
                                 "/* c */ 1",
                                 "1 // c",
                                 "{\"a\":1}}",
                                 "[[1]",
                                 "\"open",
                                 "\"\\",
                                 "+1",
                                 "NaN",
                                 "{1:2}",
                                 "-",
                                 "[-]",
                                 "--1",
                                 "1.e3",
                                 "\"a\"\"b\""}) {
    expect_same_readers(text);
  }
}

TEST_CASE("the two readers agree on broken and on random texts") {
  const std::string whole =
      "{\"model\": \"gpt-4o\", \"n\": 1, \"messages\": [{\"role\": \"user\",\r\n \"content\": "
      "\"Say \\\"hi\\\" h\xc3\xa9\xe2\x82\xac\\u00e9\"}, {\"x\": [1.5, -2e3, null, true]}]}";
  std::uint64_t state = 7;
  for (int i = 0; i < 3'000; ++i) {
    std::string text = whole;
    for (std::uint64_t edits = 1 + mix64(state) % 3; edits > 0; --edits) {
      state = mix64(state);
      const std::size_t at = state % text.size();
      constexpr std::string_view kBytes = "{}[],:\"\\ 01-e.tn\nud\xc3\xa9\x82";
      if (state >> 40 & 1) {
        text[at] = kBytes[(state >> 44) % kBytes.size()];
      } else {
        text.erase(at, 1 + (state >> 50) % 4);
      }
    }
    expect_same_readers(text);
  }
}

TEST_CASE("both readers keep to the limits") {
  Limits limits;
  limits.depth = 3;
  CHECK(parse(nested(3), "f", limits).ok());
  CHECK_FALSE(parse(nested(4), "f", limits).ok());
  limits.depth = 1'000;
  CHECK(parse(nested(900), "f", limits).ok());
}
