#include "harness/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "harness/base/utf8.hpp"

namespace rehearse {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  // 0: not valid UTF-8 here
};

CodePoint decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    return {first, 1};
  }
  const std::size_t length = first >= 0xF0 && first < 0xF5   ? 4
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xC2 && first < 0xE0 ? 2
                                                             : 0;
  if (length == 0 || text.size() < length) {
    return {0xFFFD, 0};
  }
  char32_t value = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      return {0xFFFD, 0};
    }
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) {
    return {0xFFFD, 0};
  }
  return {value, length};
}

// Controls, what reorders text (bidirectional marks, overrides, isolates) and what is there unseen
// (zero-width space, joiners that shape nothing, tags). Joiners that emoji and scripts need stay.
bool is_dangerous(char32_t c) {
  const auto in = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return c < 0x20 || in(0x7F, 0x9F) || c == 0x061C || c == 0x200B || in(0x200E, 0x200F) ||
         in(0x2028, 0x202E) || in(0x2060, 0x206F) || c == 0xFEFF || in(0xFFF9, 0xFFFB) ||
         in(0xE0000, 0xE007F);
}

std::string escaped(char32_t c) {
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), c < 0x80 ? "\\x%02x" : "\\u%04x", static_cast<unsigned>(c));
  return out.data();
}

// Calls visit(text of one character made safe) until it returns false.
template <typename Visit>
void for_each_safe(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const CodePoint point = decode(text);
    const std::size_t length = point.length == 0 ? 1 : point.length;
    const std::string piece = point.length == 0           ? std::string("\xEF\xBF\xBD")
                              : is_dangerous(point.value) ? escaped(point.value)
                                                          : std::string(text.substr(0, length));
    if (!visit(point.value, piece)) {
      return;
    }
    text.remove_prefix(length);
  }
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_previous(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    previous[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_previous[j - 2] + 1);
      }
    }
    std::swap(before_previous, previous);
    std::swap(previous, row);
  }
  return previous[b.size()];
}

}  // namespace

std::size_t utf8_length(std::string_view text) { return decode(text).length; }

void append_utf8(std::string& out, char32_t character) {
  const auto rest = [&](int shift) {
    out += static_cast<char>(0x80 | (character >> shift & 0x3F));
  };
  if (character < 0x80) {
    out += static_cast<char>(character);
  } else if (character < 0x800) {
    out += static_cast<char>(0xC0 | character >> 6);
    rest(0);
  } else if (character < 0x10000) {
    out += static_cast<char>(0xE0 | character >> 12);
    rest(6);
    rest(0);
  } else {
    out += static_cast<char>(0xF0 | character >> 18);
    rest(12);
    rest(6);
    rest(0);
  }
}

std::string quoted_excerpt(std::string_view text, std::size_t limit) {
  std::string out = "\"";
  std::size_t shown = 0;
  bool cut = false;
  for_each_safe(text, [&](char32_t c, const std::string& piece) {
    if (shown++ == limit) {
      cut = true;
      return false;
    }
    out += c == '"' ? "\\\"" : piece;
    return true;
  });
  return out + (cut ? "...\"" : "\"");
}

std::string terminal_safe(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_safe(text, [&](char32_t c, const std::string& piece) {
    out += c == '\n' ? " " : piece;
    return true;
  });
  return out;
}

std::string nearest_name(std::string_view text, std::span<const std::string_view> names) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, text.size() / 3) + 1;
  if (text.size() > 80) {
    return {};
  }
  for (const std::string_view name : names) {
    const std::size_t found = distance(text, name);
    if (found < best_distance) {
      best = name;
      best_distance = found;
    }
  }
  return std::string(best);
}

std::string nearest_name(std::string_view text, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return nearest_name(text, std::span(views));
}

std::string number_text(double value) {
  std::array<char, 32> out{};
  const auto end = std::to_chars(out.data(), out.data() + out.size(), value).ptr;
  return {out.data(), end};
}

}  // namespace rehearse
