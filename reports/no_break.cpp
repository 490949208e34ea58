#include "reports/no_break.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace rehearse::reports {
namespace {

constexpr std::string_view kNoBreak = "\u00a0";
constexpr std::string_view kPlusMinus = "±";
constexpr std::array<std::string_view, 8> kTimes{"ns", "us", "ms", "s", "m", "h", "d", "min"};
constexpr std::array<std::string_view, 15> kUnits{
    "USD",  "MB",     "kB",  "GB",   "slots",  "slot",        "users", "user",
    "jobs", "jobs/s", "job", "runs", "months", "connections", "probes"};

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Without what closes it: "s)," is "s".
std::string_view bare(std::string_view word) {
  while (!word.empty() && std::string_view("),;.:…").find(word.back()) != std::string_view::npos) {
    word.remove_suffix(1);
  }
  return word;
}

template <std::size_t n>
bool is_one_of(std::string_view word, const std::array<std::string_view, n>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_number(std::string_view word) { return !word.empty() && is_digit(word.back()); }

// Whether `left` and `right` are one thing; `third` is the word after them.
bool is_one(std::string_view left, std::string_view right, std::string_view third) {
  if (left == kPlusMinus || left == "×") {
    return !right.empty() && is_digit(right.front());
  }
  const std::string_view unit = bare(right);
  if (is_number(left)) {
    return is_one_of(unit, kTimes) || is_one_of(unit, kUnits);
  }
  // "3 h 27 m"
  return is_one_of(left, kTimes) && is_number(right) && is_one_of(bare(third), kTimes);
}

std::string_view word_at(std::string_view text) { return text.substr(0, text.find(' ')); }

}  // namespace

std::string with_no_breaks(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view left = word_at(text);
    out += left;
    text.remove_prefix(left.size());
    if (text.empty()) {
      break;
    }
    const std::string_view right = word_at(text.substr(1));
    const std::size_t next = std::min(text.size(), right.size() + 2);
    const bool one = !left.empty() && is_one(left, right, word_at(text.substr(next)));
    out += one ? kNoBreak : std::string_view(" ");
    text.remove_prefix(1);
  }
  return out;
}

std::string with_plain_spaces(std::string_view text) {
  std::string out(text);
  for (std::size_t at = out.find(kNoBreak); at != std::string::npos; at = out.find(kNoBreak, at)) {
    out.replace(at, kNoBreak.size(), " ");
  }
  return out;
}

}  // namespace rehearse::reports
