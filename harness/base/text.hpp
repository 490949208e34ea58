#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse {

// The text in double quotes, control and escape characters made visible, cut after `limit`
// characters with an ellipsis. What people's input looks like in every message.
std::string quoted_excerpt(std::string_view text, std::size_t limit = 40);

// Safe for a terminal: control characters, ESC, C1 controls and bidirectional overrides are
// replaced by visible escapes; valid UTF-8 stays, invalid bytes become U+FFFD. Newlines become
// spaces.
std::string terminal_safe(std::string_view text);

// The name of `names` that somebody who wrote `text` most likely meant; empty where none is near
// (Damerau-Levenshtein distance over 1/3 of the length).
std::string nearest_name(std::string_view text, std::span<const std::string_view> names);
std::string nearest_name(std::string_view text, const std::vector<std::string>& names);

// The shortest decimal text that reads back as the same double ("0.1", "1e+300"); locale-free.
std::string number_text(double value);

// FNV-1a, 64 bits: names to keys of random draws. The value is part of results: never change it.
constexpr std::uint64_t hash_name(std::string_view name) {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
  }
  return hash;
}

}  // namespace rehearse
