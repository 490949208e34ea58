#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "harness/base/result.hpp"

namespace rehearse::pricing {

// A calendar day, as year·10000 + month·100 + day; 0 is before every other day.
struct Date {
  std::int32_t number = 0;
  constexpr auto operator<=>(const Date&) const = default;
};

// Reads "2026-11-21"; no leap-year arithmetic: every month may have 31 days.
inline Result<Date> parse_date(std::string_view text) {
  std::int32_t parts[3] = {0, 0, 0};
  bool good = text.size() == 10 && text[4] == '-' && text[7] == '-';
  for (std::size_t i = 0, part = 0; good && i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
    } else if (text[i] >= '0' && text[i] <= '9') {
      parts[part] = parts[part] * 10 + (text[i] - '0');
    } else {
      good = false;
    }
  }
  if (!good || parts[1] < 1 || parts[1] > 12 || parts[2] < 1 || parts[2] > 31) {
    return Error{"", "expected a date such as 2026-11-21"};
  }
  return Date{parts[0] * 10'000 + parts[1] * 100 + parts[2]};
}

}  // namespace rehearse::pricing
