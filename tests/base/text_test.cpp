#include "harness/base/text.hpp"

#include <catch2/catch.hpp>

#include "harness/base/rng.hpp"

namespace rehearse {
namespace {

using namespace std::string_literals;

TEST_CASE("terminal text shows escapes instead of obeying them") {
  CHECK(terminal_safe("plain text, \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") ==
        "plain text, \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(terminal_safe("\x1b[31mred") == "\\x1b[31mred");
  CHECK(terminal_safe("a\0b"s) == "a\\x00b");
  CHECK(terminal_safe("bell\a back\b del\x7f") == "bell\\x07 back\\x08 del\\x7f");
  CHECK(terminal_safe("two\nlines") == "two lines");
  CHECK(terminal_safe("cr\rtab\t") == "cr\\x0dtab\\x09");
  CHECK(terminal_safe("\xC2\x9B"
                      "31m") == "\\u009b31m");  // C1: CSI
  CHECK(terminal_safe("\xE2\x80\xAE"
                      "evil") == "\\u202eevil");                           // right-to-left override
  CHECK(terminal_safe("\xE2\x81\xA6x\xE2\x81\xA9") == "\\u2066x\\u2069");  // isolates
  CHECK(terminal_safe("\xEF\xBB\xBFx") == "\\ufeffx");
  CHECK(terminal_safe("") == "");
}

TEST_CASE("invisible and reordering characters of every kind are shown") {
  CHECK(terminal_safe("a\xE2\x80\x8B"
                      "b") == "a\\u200bb");  // zero width space
  CHECK(terminal_safe("a\xD8\x9C"
                      "b") == "a\\u061cb");  // Arabic letter mark
  CHECK(terminal_safe("a\xE2\x81\xA0"
                      "b") == "a\\u2060b");  // word joiner
  CHECK(terminal_safe("a\xF3\xA0\x81\xA1"
                      "b") == "a\\ue0061b");  // a tag character
}

TEST_CASE("invalid UTF-8 becomes replacement characters, byte by byte") {
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(terminal_safe("\xff") == bad);
  CHECK(terminal_safe("a\x80z") == "a" + bad + "z");
  CHECK(terminal_safe("\xC0\xAF") == bad + bad);                      // overlong
  CHECK(terminal_safe("\xE0\x80\x80") == bad + bad + bad);            // overlong
  CHECK(terminal_safe("\xED\xA0\x80") == bad + bad + bad);            // surrogate
  CHECK(terminal_safe("\xF4\x90\x80\x80") == bad + bad + bad + bad);  // past U+10FFFF
  CHECK(terminal_safe("\xE2\x82") == bad + bad);                      // truncated
}

TEST_CASE("whatever the bytes, the output holds no control character and is its own safe form") {
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const DrawKey key{.seed = 8, .job = i};
    std::string bytes;
    for (std::uint32_t j = 0; j < 40; ++j) {
      bytes += static_cast<char>(key.bits(Dimension::Content, j));
    }
    const std::string safe = terminal_safe(bytes);
    INFO("job " << i);
    for (const char c : safe) {
      REQUIRE((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    }
    REQUIRE(terminal_safe(safe) == safe);
  }
}

TEST_CASE("excerpts are quoted, cut and safe") {
  CHECK(quoted_excerpt("abc") == "\"abc\"");
  CHECK(quoted_excerpt("say \"hi\"") == "\"say \\\"hi\\\"\"");
  CHECK(quoted_excerpt("abcdef", 3) == "\"abc...\"");
  CHECK(quoted_excerpt("abc", 3) == "\"abc\"");
  CHECK(quoted_excerpt("\x1b") == "\"\\x1b\"");
  CHECK(quoted_excerpt("\xC3\xA9\xC3\xA9", 1) == "\"\xC3\xA9...\"");
  CHECK(quoted_excerpt(std::string(100'000, 'x')).size() == 45);
}

TEST_CASE("the nearest name is the likely one or none") {
  const std::vector<std::string> names{"timeout", "retry", "repeat", "resources", "when", "stages"};
  CHECK(nearest_name("timout", names) == "timeout");
  CHECK(nearest_name("stgaes", names) == "stages");  // two letters swapped
  CHECK(nearest_name("Stages", names) == "stages");
  CHECK(nearest_name("resource", names) == "resources");
  CHECK(nearest_name("wehn", names) == "when");
  CHECK(nearest_name("completely", names).empty());
  CHECK(nearest_name("", names).empty());
  CHECK(nearest_name("x", names).empty());
  CHECK(nearest_name(std::string(1000, 't'), names).empty());
  CHECK(nearest_name("retry", std::vector<std::string>{}).empty());
}

TEST_CASE("numbers have their shortest exact text") {
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(1e300) == "1e+300");
  CHECK(number_text(5) == "5");
  CHECK(number_text(-2.5) == "-2.5");
}

TEST_CASE("names hash to pinned values, since results key on them") {
  CHECK(hash_name("") == 0xcbf29ce484222325);   // FNV-1a's published offset
  CHECK(hash_name("a") == 0xaf63dc4c8601ec8c);  // published test vectors
  CHECK(hash_name("foobar") == 0x85944171f73967e8);
}

}  // namespace
}  // namespace rehearse
