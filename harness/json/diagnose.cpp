#include "harness/json/diagnose.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace rehearse::json {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string found_at(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) {
    return "the end of the text";
  }
  const std::string_view rest = text.substr(offset, 200);
  const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
  return quoted_excerpt(line.empty() ? rest.substr(0, 1) : line);
}

Trouble expected(std::string_view text, std::size_t offset, std::string_view wanted) {
  return {offset, "expected " + std::string(wanted) + ", found " + found_at(text, offset)};
}

// The text of a string stops being one: says where and why.
Trouble inside_string(std::string_view text, std::size_t quote, std::size_t stopped) {
  if (stopped > text.size() || stopped <= quote + 1) {
    return expected(text, quote, "a '\"' that closes this string");
  }
  const std::size_t bad = stopped - 1;
  const auto c = static_cast<unsigned char>(text[bad]);
  if (c == '\n' || c == '\r') {
    return expected(text, quote, "a '\"' that closes this string before the line ends");
  }
  const std::string_view before = text.substr(quote, bad - quote);
  std::size_t backslashes = 0;
  while (backslashes < before.size() && before[before.size() - 1 - backslashes] == '\\') {
    ++backslashes;
  }
  if (backslashes % 2 == 1) {
    return expected(text, bad - 1, "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
  }
  if (c < 0x20) {
    return expected(text, bad, "no control character in a string (write it as \\u00XX)");
  }
  const std::size_t escape = before.rfind('\\');
  if (escape != std::string_view::npos && before.size() - escape <= 12) {
    return expected(text, quote + escape, "\\u and four hexadecimal digits, surrogates in pairs");
  }
  if (c >= 0x80 || static_cast<unsigned char>(before.back()) >= 0x80) {
    return expected(text, bad, "valid UTF-8");
  }
  return expected(text, bad, "the rest of a string");
}

Trouble at_value(std::string_view text, const Stop& stop, std::size_t at, std::string_view wanted) {
  if (at >= text.size()) {
    return expected(text, at, wanted);
  }
  if (text[at] == '"') {
    return inside_string(text, at, stop.stopped);
  }
  if (text[at] == '\'') {
    return expected(text, at, std::string(wanted) + " (strings stand in double quotes)");
  }
  if (text[at] == '-' || (text[at] >= '0' && text[at] <= '9')) {
    return expected(text, at, "a number as JSON writes it, such as -1, 0.5 or 1e9");
  }
  return expected(text, at, wanted);
}

}  // namespace

std::size_t skip_blank(std::string_view text, std::size_t offset, bool comments) {
  offset = std::min(offset, text.size());
  while (offset < text.size()) {
    if (is_blank(text[offset])) {
      ++offset;
      continue;
    }
    const std::string_view start = text.substr(offset, 2);
    if (!comments || (start != "//" && start != "/*")) {
      return offset;
    }
    const bool line = start == "//";  // ends at either character, as nlohmann's lexer has it
    const std::size_t end = line ? text.find_first_of("\r\n", offset) : text.find("*/", offset + 2);
    if (end == std::string_view::npos) {
      return line ? text.size() : offset;
    }
    offset = end + (line ? 1 : 2);
  }
  return offset;
}

Trouble diagnose(std::string_view text, const Stop& stop) {
  std::size_t at = skip_blank(text, stop.accepted, stop.comments);
  const auto next_is = [&](char c) { return at < text.size() && text[at] == c; };
  const auto step = [&] { at = skip_blank(text, at + 1, stop.comments); };
  const auto comment = [&] { return stop.comments && text.substr(at, 2) == "/*"; };
  std::string_view wanted = "a JSON value";
  bool key = false;
  switch (stop.place) {
    case Place::Start:
      break;
    case Place::AfterValue:
      wanted = "nothing after the value";
      break;
    case Place::InArray:
      wanted = "a value or ']'";
      break;
    case Place::AfterItem:
      wanted = "',' or ']'";
      if (next_is(',')) {
        step();
        wanted = next_is(']') ? "a value after ','" : "a value";
      }
      break;
    case Place::InObject:
      wanted = "a key in double quotes or '}'";
      key = true;
      break;
    case Place::AfterKey:
      wanted = "':'";
      if (next_is(':')) {
        step();
        wanted = "a value";
      }
      break;
    case Place::AfterMember:
      wanted = "',' or '}'";
      if (next_is(',')) {
        step();
        wanted = next_is('}') ? "a key after ','" : "a key in double quotes";
        key = true;
      }
      break;
  }
  if (comment()) {
    return expected(text, at, "'*/' that closes this comment");
  }
  const bool separator = wanted == "',' or ']'" || wanted == "',' or '}'" || wanted == "':'" ||
                         stop.place == Place::AfterValue;
  if (separator || (key && !next_is('"'))) {
    return expected(text, at, wanted);
  }
  return at_value(text, stop, at, wanted);
}

Mark advance(std::string_view text, Mark known, std::size_t offset) {
  for (; known.offset < std::min(offset, text.size()); ++known.offset) {
    const char c = text[known.offset];
    if (c == '\n') {
      ++known.position.line;
      known.position.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++known.position.column;
    }
  }
  return known;
}

}  // namespace rehearse::json
