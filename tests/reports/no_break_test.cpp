#include <catch2/catch.hpp>

#include <sstream>

#include "reports/html_blocks.hpp"
#include "reports/no_break.hpp"
#include "reports/terminal.hpp"

// Numbers stay with their units, on a terminal of any width and on paper.

using namespace rehearse;
using namespace rehearse::reports;

namespace {

std::string marked(const std::string& text) {
  std::string out = with_no_breaks(text);
  CHECK(with_plain_spaces(out) == text);
  for (std::size_t at = out.find("\u00a0"); at != std::string::npos; at = out.find("\u00a0")) {
    out.replace(at, 2, "_");
  }
  return out;
}

// Whether a line ends in a number whose unit begins the next one.
bool torn(const std::string& text) {
  std::istringstream lines(text);
  std::string before;
  for (std::string line; std::getline(lines, line); before = line) {
    const std::size_t first = line.find_first_not_of(' ');
    const std::string word =
        first == std::string::npos ? "" : line.substr(first, line.find(' ', first) - first);
    for (const char* const unit : {"s", "s)", "ms", "m", "h", "USD", "USD)", "slots", "users"}) {
      if (word == unit && !before.empty() &&
          std::isdigit(static_cast<unsigned char>(before.back())) != 0) {
        return true;
      }
    }
  }
  return false;
}

Table prices() {
  return {.title = "Prices",
          .columns = {{"claim, in words that are many", false},
                      {"claimed", true},
                      {"found", true},
                      {"verdict of the model", false}},
          .rows = {{{"time-transcription of a talk"},
                    {"3 h 27 m – 12 h 05 m"},
                    {"11,784,420.16 USD ± 26.10 USD"},
                    {"holds"}}},
          .notes = {}};
}

}  // namespace

TEST_CASE("a number is one thing with its unit, and so are the parts of a time") {
  CHECK(marked("(3 h 27 m, 2.98 USD)") == "(3_h_27_m, 2.98_USD)");
  CHECK(marked("-7.39 s ± 832 ms") == "-7.39_s ±_832_ms");
  CHECK(marked("26 slots of 4 m 05 s each") == "26_slots of 4_m_05_s each");
  CHECK(marked("  p50 7.34 s  p95 21 s") == "  p50 7.34_s  p95 21_s");
  CHECK(marked("option 2 marks a task") == "option 2 marks a task");
  CHECK(marked("m 27 more") == "m 27 more");
  CHECK(marked("") == "");
}

TEST_CASE("no width of a terminal tears a number from its unit") {
  const Paragraph told{{{{"response p99: "},
                         {"needs 368 jobs, found 40; about 6,560 more would decide (35 h 27 m, "
                          "30.52 USD), with 26 slots or 641 users of 3 m 12 s"}}}};
  for (unsigned width = 40; width <= 120; ++width) {
    const std::string text = write_terminal({"", {told, prices()}}, {width, false});
    CAPTURE(width, text);
    CHECK_FALSE(torn(text));
    CHECK(text.find("\u00a0") == std::string::npos);
  }
  CHECK(torn("about 27\n   m and more"));
}

TEST_CASE("words are broken only where whole ones do not fit") {
  const std::string wide = write_terminal({"", {prices()}}, {78, false});
  CHECK(wide.find("transcription") != std::string::npos);
  CHECK(wide.find("3 h 27 m –") != std::string::npos);
}

TEST_CASE("a name is broken at a space before it is broken inside") {
  CHECK(wrap_to_width("openai chat gpt-4o: tokens per min", 18, 4) ==
        std::vector<std::string>{"openai chat", "gpt-4o: tokens per", "min"});
  CHECK(wrap_to_width("a very_long_name_without_spaces", 12, 4) ==
        std::vector<std::string>{"a very_long_", "name_", "without_", "spaces"});
  for (const std::string& line : wrap_to_width("a title ::error::that is none", 12, 9)) {
    CHECK_FALSE(line.starts_with("::"));
  }
  CHECK(longest_piece("with gpt-4o-mini and transcription") == 13);
}

TEST_CASE("a page's numbers stay with their units on paper") {
  HtmlOut out(100'000);
  write_html_table(prices(), out);
  CHECK(out.take().find("3\u00a0h\u00a027\u00a0m – 12\u00a0h\u00a005\u00a0m") != std::string::npos);
}
