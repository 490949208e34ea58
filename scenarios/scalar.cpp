#include "scenarios/scalar.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

#include "harness/base/text.hpp"
#include "harness/base/time.hpp"

namespace rehearse::scenarios {
namespace {

struct Suffix {
  std::string_view name;
  double factor;
};

constexpr std::array<Suffix, 8> kBytes{{{"B", 1},
                                        {"kB", 1e3},
                                        {"KB", 1e3},
                                        {"MB", 1e6},
                                        {"GB", 1e9},
                                        {"KiB", 1024},
                                        {"MiB", 1048576},
                                        {"GiB", 1073741824}}};
constexpr std::array<Suffix, 8> kRates{{{"/s", 1},
                                        {"/m", 1.0 / 60},
                                        {"/min", 1.0 / 60},
                                        {"/h", 1.0 / 3600},
                                        {"/hour", 1.0 / 3600},
                                        {"/d", 1.0 / 86400},
                                        {"/day", 1.0 / 86400},
                                        {"/second", 1}}};
constexpr std::array<Suffix, 8> kBandwidths{{{"B/s", 1},
                                             {"kB/s", 1e3},
                                             {"MB/s", 1e6},
                                             {"GB/s", 1e9},
                                             {"bit/s", 0.125},
                                             {"kbit/s", 125},
                                             {"Mbit/s", 1.25e5},
                                             {"Gbit/s", 1.25e8}}};
constexpr std::array<Suffix, 1> kShares{{{"%", 0.01}}};
constexpr std::array<Suffix, 1> kMoney{{{"USD", 1}}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  return text;
}

// "12.5 MB" by a table of suffixes; the number has digits, at most one point, an exponent.
std::optional<double> with_suffix(std::string_view text, std::span<const Suffix> suffixes) {
  double number = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    return std::nullopt;
  }
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) {
    return std::nullopt;
  }
  const std::string_view rest = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  for (const Suffix& suffix : suffixes) {
    if (suffix.name == rest) {
      return number * suffix.factor;
    }
  }
  return std::nullopt;
}

std::span<const Suffix> suffixes_of(Unit unit) {
  switch (unit) {
    case Unit::Share:
      return kShares;
    case Unit::Bytes:
      return kBytes;
    case Unit::Rate:
      return kRates;
    case Unit::Bandwidth:
      return kBandwidths;
    case Unit::Money:
      return kMoney;
    default:
      return {};
  }
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string_view expected_quantity(Unit unit) {
  switch (unit) {
    case Unit::Share:
      return "a share such as 0.25 or \"25%\"";
    case Unit::Bytes:
      return "a number of bytes or a text such as \"3MB\"";
    case Unit::Rate:
      return "a rate such as \"10/s\" or \"1000/day\"";
    case Unit::Bandwidth:
      return "a bandwidth such as \"12MB/s\" or \"100Mbit/s\"";
    case Unit::Money:
      return "money such as \"0.04 USD\"";
    case Unit::Seconds:
      return "a duration such as \"250ms\", \"1.5s\" or \"1h30m\"";
    default:
      return "a number";
  }
}

std::string_view quantity_pattern(Unit unit) {
  switch (unit) {
    case Unit::Share:
      return R"(^(100(\.0*)?|[0-9]{1,2}(\.[0-9]*)?) *%$)";
    case Unit::Bytes:
      return R"(^[0-9]+(\.[0-9]*)? *(B|kB|KB|MB|GB|KiB|MiB|GiB)$)";
    case Unit::Rate:
      return R"(^[0-9]+(\.[0-9]*)? */(s|second|m|min|h|hour|d|day)$)";
    case Unit::Bandwidth:
      return R"(^[0-9]+(\.[0-9]*)? *[kMG]?(B|bit)/s$)";
    case Unit::Money:
      return R"(^[0-9]+(\.[0-9]*)? *USD$)";
    case Unit::Seconds:
      return "^(0|(?=[0-9.])([0-9.]+d)?([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?([0-9.]+ms)?"
             "([0-9.]+(us|\u00b5s))?([0-9.]+ns)?)$";
    default:
      return "";
  }
}

bool allows_number(Unit unit) {
  return unit == Unit::Share || unit == Unit::Bytes || unit == Unit::Number;
}

std::string found(const json::Value& value) {
  switch (value.kind()) {
    case json::Value::Kind::Null:
      return "null";
    case json::Value::Kind::Boolean:
      return value.as_bool() ? "true" : "false";
    case json::Value::Kind::Integer:
      return std::to_string(value.as_integer());
    case json::Value::Kind::Number:
      return number_text(value.as_double());
    case json::Value::Kind::String:
      return quoted_excerpt(value.as_string());
    case json::Value::Kind::Array:
      return value.items().empty() ? "an empty array" : "an array";
    case json::Value::Kind::Object:
      return "an object";
  }
  return "";
}

Result<double> read_quantity(const json::Value& value, Unit unit, bool computed) {
  const auto refuse = [&](std::string_view why) {
    return Error{"", "expected " + std::string(expected_quantity(unit)) + ", found " +
                         found(value) + std::string(why)};
  };
  double number = 0;
  if (value.is_number()) {
    number = value.as_double();
    const bool zero_time = unit == Unit::Seconds && number == 0;
    if (!allows_number(unit) && !computed && !zero_time) {
      return refuse(unit == Unit::Seconds ? " (a duration needs its unit)" : "");
    }
  } else if (value.is_bool() && computed && unit == Unit::Share) {
    return value.as_bool() ? 1 : 0;
  } else if (!value.is_string()) {
    return refuse("");
  } else if (unit == Unit::Seconds) {
    auto duration = parse_duration(value.as_string());
    if (!duration) {
      return duration.errors();
    }
    return static_cast<double>(duration->count_ns()) / 1e9;
  } else {
    const auto read = with_suffix(value.as_string(), suffixes_of(unit));
    if (!read) {
      return refuse("");
    }
    number = *read;
  }
  if (!(number >= 0) || number > 1e15) {
    return refuse(number < 0 ? " (it cannot be negative)" : " (too large)");
  }
  if (unit == Unit::Share && number > 1) {
    return refuse(" (it cannot exceed 1)");
  }
  if (unit == Unit::Seconds && number > kLongestDuration.count_s()) {
    return refuse(" (longer than 100 years)");
  }
  return number;
}

bool is_name(std::string_view text, bool word) {
  if (text.empty() || text.size() > 64 || !(is_letter(text[0]) || (word && text[0] == '_'))) {
    return false;
  }
  for (const char c : text) {
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '_' && (word || c != '-')) {
      return false;
    }
  }
  return true;
}

Result<ClaimFigure> read_claim_figure(const json::Value& value) {
  ClaimFigure figure;
  if (value.is_number()) {
    figure.value = value.as_double();
    return figure;
  }
  const Error refused{
      "", "expected a figure such as \"4s\", \"0.04 USD\", \"67%\", \"~40s\" or 3, found " +
              found(value)};
  if (!value.is_string()) {
    return refused;
  }
  std::string_view text = value.as_string();
  if (text.starts_with("~")) {
    figure.about = true;
    text = trimmed(text.substr(1));
  }
  if (text.ends_with("x") && text.size() > 1) {
    text.remove_suffix(1);  // "3x": times
  }
  static constexpr std::array<std::pair<Unit, std::string_view>, 4> kUnits{
      {{Unit::Share, "%"}, {Unit::Money, "USD"}, {Unit::Bytes, "B"}, {Unit::Rate, "/s"}}};
  for (const auto& [unit, name] : kUnits) {
    if (const auto read = with_suffix(text, suffixes_of(unit))) {
      figure.value = *read;
      figure.unit = name;
      return figure;
    }
  }
  if (auto duration = parse_duration(text); duration.ok() && text != "0") {
    figure.value = static_cast<double>(duration->count_ns()) / 1e9;
    figure.unit = "s";
    return figure;
  }
  static constexpr std::array<Suffix, 1> kPlain{{{"", 1}}};
  if (const auto read = with_suffix(text, kPlain)) {
    figure.value = *read;
    return figure;
  }
  return refused;
}

}  // namespace rehearse::scenarios
