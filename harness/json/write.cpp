#include "harness/json/write.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "harness/base/text.hpp"
#include "harness/base/utf8.hpp"

namespace rehearse::json {
namespace {

void write_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      break;
  }
  std::array<char, 8> escape{};
  std::snprintf(escape.data(), escape.size(), "\\u%04x", c);
  out += escape.data();
}

// How many bytes from `at` on are ASCII that needs no escape, eight at a time: a lower bound.
std::size_t plain_run(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr std::uint64_t kHighs = 0x8080'8080'8080'8080;
  const std::size_t start = at;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, 8);
    const auto has_zero = [](std::uint64_t x) { return (x - kOnes) & ~x & kHighs; };
    const std::uint64_t below_blank = (bytes - kOnes * 0x20) & ~bytes & kHighs;
    if (((bytes & kHighs) | below_blank | has_zero(bytes ^ kOnes * 0x7F) |
         has_zero(bytes ^ kOnes * '"') | has_zero(bytes ^ kOnes * '\\')) != 0) {
      break;
    }
  }
  return at - start;
}

void write_string(std::string& out, std::string_view text, bool for_html) {
  out += '"';
  std::size_t plain = 0;  // start of the run that is copied as it is
  std::size_t i = 0;
  const auto flush = [&] { out += text.substr(plain, i - plain); };
  while (i < text.size()) {
    if (!for_html && (i += plain_run(text, i)) == text.size()) {
      break;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    const bool markup = for_html && (c == '<' || c == '>' || c == '&');
    if (c < 0x20 || c == 0x7F || c == '"' || c == '\\' || markup) {
      flush();
      write_escape(out, c);
      plain = ++i;
      continue;
    }
    const std::size_t length = c < 0x80 ? 1 : utf8_length(text.substr(i));
    if (length == 0) {
      flush();
      out += "\xEF\xBF\xBD";
      plain = ++i;
      continue;
    }
    const bool line_separator =
        for_html && length == 3 &&
        (text.substr(i, 3) == "\xE2\x80\xA8" || text.substr(i, 3) == "\xE2\x80\xA9");
    if (line_separator) {  // ends a line in older JavaScript
      flush();
      out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      plain = i + length;
    }
    i += length;
  }
  flush();
  out += '"';
}

void write_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
  } else if (std::trunc(number) == number && number >= -0x1p63 && number < 0x1p63) {
    out += std::to_string(static_cast<std::int64_t>(number));  // 1 and 1.0 are one value
  } else {
    out += number_text(number);
  }
}

struct Style {
  int indent = -1;
  bool sorted = false;
};

void new_line(std::string& out, const Style& style, int level) {
  if (style.indent >= 0) {
    out += '\n';
    out.append(static_cast<std::size_t>(style.indent * level), ' ');
  }
}

void write_value(std::string& out, const Value& value, const Style& style, int level);

void write_array(std::string& out, const std::vector<Value>& items, const Style& style, int level) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    out += i == 0 ? "" : ",";
    new_line(out, style, level + 1);
    write_value(out, items[i], style, level + 1);
  }
  if (!items.empty()) {
    new_line(out, style, level);
  }
  out += ']';
}

void write_object(std::string& out, const std::vector<Member>& members, const Style& style,
                  int level) {
  std::vector<const Member*> order;  // where it is not their own
  if (style.sorted) {
    order.reserve(members.size());
    for (const Member& member : members) {
      order.push_back(&member);
    }
    std::sort(order.begin(), order.end(),
              [](const Member* a, const Member* b) { return a->key < b->key; });
  }
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Member& member = style.sorted ? *order[i] : members[i];
    out += i == 0 ? "" : ",";
    new_line(out, style, level + 1);
    write_string(out, member.key, false);
    out += style.indent >= 0 ? ": " : ":";
    write_value(out, member.value, style, level + 1);
  }
  if (!members.empty()) {
    new_line(out, style, level);
  }
  out += '}';
}

void write_value(std::string& out, const Value& value, const Style& style, int level) {
  switch (value.kind()) {
    case Value::Kind::Null:
      out += "null";
      break;
    case Value::Kind::Boolean:
      out += value.as_bool() ? "true" : "false";
      break;
    case Value::Kind::Integer:
      out += std::to_string(value.as_integer());
      break;
    case Value::Kind::Number:
      write_number(out, value.as_double());
      break;
    case Value::Kind::String:
      write_string(out, value.as_string(), false);
      break;
    case Value::Kind::Array:
      write_array(out, value.items(), style, level);
      break;
    case Value::Kind::Object:
      write_object(out, value.members(), style, level);
      break;
  }
}

}  // namespace

std::string dump(const Value& value, int indent) {
  std::string out;
  write_value(out, value, {.indent = indent}, 0);
  return out;
}

std::string dump_canonical(const Value& value) {
  std::string out;
  write_value(out, value, {.sorted = true}, 0);
  return out;
}

void append_text(std::string& out, std::string_view text) { write_string(out, text, false); }

std::string quote(std::string_view text) {
  std::string out;
  write_string(out, text, true);
  return out;
}

}  // namespace rehearse::json
