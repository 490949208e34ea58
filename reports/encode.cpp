#include "reports/encode.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "harness/base/text.hpp"

namespace rehearse::reports {

std::string base64_text(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) {
      out += kAlphabet[bits >> (held - 6) & 63u];
    }
  }
  if (held > 0) {
    out += kAlphabet[bits << (6 - held) & 63u];
  }
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string csv_cell(std::string_view text) {
  std::string safe = terminal_safe(text);
  if (!safe.empty() && std::string_view("=+-@").find(safe.front()) != std::string_view::npos) {
    safe.insert(safe.begin(), '\'');
  }
  if (safe.find_first_of(",\"\n\r") == std::string::npos) {
    return safe;
  }
  std::string out = "\"";
  for (const char c : safe) {
    out += c == '"' ? "\"\"" : std::string(1, c);
  }
  return out + "\"";
}

std::string xml_safe(std::string_view text) {
  std::string out;
  for (const char c : terminal_safe(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string plain_name(std::string_view text) {
  std::string out(text.substr(0, 200));
  std::replace_if(
      out.begin(), out.end(),
      [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '/' && c != '-';
      },
      '_');
  return out.empty() ? "unnamed" : out;
}

std::string iso_time(std::int64_t unix_ms) {
  using std::chrono::days;
  using std::chrono::floor;
  // Years that four digits can write.
  const std::int64_t clamped = std::clamp<std::int64_t>(unix_ms, 0, 253'402'300'799'000);
  const std::chrono::sys_seconds instant{std::chrono::seconds{clamped / 1000}};
  const std::chrono::sys_days day = floor<days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d+00:00",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return out.data();
}

}  // namespace rehearse::reports
