#include "harness/base/time.hpp"

#include <array>
#include <cmath>
#include <cstdio>

#include "harness/base/text.hpp"
#include "harness/base/wide.hpp"

namespace rehearse {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};

// Largest first: duration_text takes them in this order.
constexpr std::array<Unit, 7> kUnits{{{"d", 86'400'000'000'000},
                                      {"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) {
      return &unit;
    }
  }
  return name == "\xC2\xB5s" ? &kUnits[5] : nullptr;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Error bad_duration(std::string_view text, std::string_view why) {
  return {"", "expected a duration such as \"250ms\", \"1.5s\", \"5m\" or \"1h30m\", found " +
                  quoted_excerpt(text) + (why.empty() ? "" : " (" + std::string(why) + ")")};
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (text == "0") {
    return Duration::zero();
  }
  if (!text.empty() && text.front() == '-') {
    return bad_duration(text, "a duration cannot be negative");
  }
  Wide total = 0;
  std::size_t at = 0;
  std::int64_t last_unit = std::numeric_limits<std::int64_t>::max();
  while (at < text.size()) {
    Wide digits = 0;
    Wide scale = 1;
    bool any = false;
    bool fraction = false;
    for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !fraction)); ++at) {
      if (text[at] == '.') {
        fraction = true;
        continue;
      }
      any = true;
      if (scale > 1'000'000'000'000'000) {
        continue;  // below a nanosecond in every unit
      }
      digits = digits * 10 + (text[at] - '0');
      scale *= fraction ? 10 : 1;
      if (digits > static_cast<Wide>(1) << 90) {
        return bad_duration(text, "too long");
      }
    }
    std::size_t end = at;
    while (end < text.size() && !is_digit(text[end]) && text[end] != '.') {
      ++end;
    }
    const Unit* unit = find_unit(text.substr(at, end - at));
    if (!any || unit == nullptr || unit->ns >= last_unit) {
      return bad_duration(text, any && unit == nullptr ? "the unit is missing or unknown" : "");
    }
    last_unit = unit->ns;
    total += digits * unit->ns / scale;
    if (total > kLongestDuration.count_ns()) {
      return bad_duration(text, "longer than 100 years");
    }
    at = end;
  }
  if (text.empty()) {
    return bad_duration(text, "");
  }
  return Duration::nanoseconds(static_cast<std::int64_t>(total));
}

std::string duration_text(Duration duration) {
  std::int64_t ns = duration.count_ns();
  if (ns == 0) {
    return "0";
  }
  if (ns < 0) {
    return "-" + duration_text(-duration);
  }
  std::string out;
  for (std::size_t i = 0; i < 3; ++i) {
    if (ns >= kUnits[i].ns) {
      out += std::to_string(ns / kUnits[i].ns) + std::string(kUnits[i].name);
      ns %= kUnits[i].ns;
    }
  }
  if (ns == 0) {
    return out;
  }
  for (std::size_t i = 3; i < kUnits.size(); ++i) {
    if (ns < kUnits[i].ns && i + 1 < kUnits.size()) {
      continue;
    }
    const std::int64_t whole = ns / kUnits[i].ns;
    std::string rest = std::to_string(ns % kUnits[i].ns + kUnits[i].ns).substr(1);
    rest.erase(rest.find_last_not_of('0') + 1);
    return out + std::to_string(whole) + (rest.empty() ? "" : "." + rest) +
           std::string(kUnits[i].name);
  }
  return out;
}

std::string readable_duration(Duration duration) {
  const double s = duration.count_s();
  const double size = std::fabs(s);
  std::array<char, 64> out{};
  const auto print = [&](double value, const char* unit) {
    const double magnitude = std::fabs(value);
    const int decimals = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
    std::snprintf(out.data(), out.size(), "%.*f %s", decimals, value, unit);
  };
  if (duration.count_ns() == 0) {
    return "0 s";
  }
  if (size < 1e-6) {
    std::snprintf(out.data(), out.size(), "%lld ns", static_cast<long long>(duration.count_ns()));
  } else if (size < 0.9995e-3) {
    print(s * 1e6, "us");
  } else if (size < 0.9995) {
    print(s * 1e3, "ms");
  } else if (size < 119.5) {
    print(s, "s");
  } else if (size < 7170) {
    const auto whole = static_cast<long long>(std::llround(size));
    std::snprintf(out.data(), out.size(), "%s%lld m %02lld s", s < 0 ? "-" : "", whole / 60,
                  whole % 60);
  } else if (size < 36.0 * 3600) {
    const auto minutes = static_cast<long long>(std::llround(size / 60));
    std::snprintf(out.data(), out.size(), "%s%lld h %02lld m", s < 0 ? "-" : "", minutes / 60,
                  minutes % 60);
  } else {
    print(s / 86'400, "d");
  }
  return out.data();
}

}  // namespace rehearse
