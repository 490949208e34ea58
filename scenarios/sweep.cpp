#include "scenarios/sweep.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "harness/base/text.hpp"

namespace rehearse::scenarios {
namespace {

constexpr double kSlack = 1e-9;  // of a step: 0..1 +0.1 ends at 1

std::optional<double> take_number(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || !std::isfinite(value)) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return value;
}

// As a person would have written it: 0.3, not 0.30000000000000004.
json::Value tidy(double value) {
  const double near = std::round(value);
  if (std::abs(value - near) <= kSlack * std::max(std::abs(value), 1.0) && std::abs(near) < 9e15) {
    return static_cast<std::int64_t>(near);
  }
  const double scale = std::pow(10.0, 11 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

}  // namespace

double SweepRange::count() const {
  if (!(from <= to) || !(times ? step > 1 && from > 0 : step > 0)) {
    return 0;
  }
  const double steps = times ? std::log(to / from) / std::log(step) : (to - from) / step;
  return std::floor(steps + 1e-6) + 1;
}

std::vector<json::Value> SweepRange::values() const {
  std::vector<json::Value> out;
  const auto n = static_cast<std::size_t>(count());
  for (std::size_t i = 0; i < n; ++i) {
    const auto k = static_cast<double>(i);
    out.push_back(tidy(std::min(times ? from * std::pow(step, k) : from + step * k, to)));
  }
  return out;
}

std::optional<SweepRange> find_range(std::string_view text) {
  SweepRange out;
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos || dots == 0) {
    return std::nullopt;
  }
  std::string_view first = text.substr(0, dots);
  std::string_view rest = text.substr(dots + 2);
  const auto from = take_number(first);
  const auto to = from && first.empty() ? take_number(rest) : std::nullopt;
  if (!to) {
    return std::nullopt;
  }
  out.from = *from;
  out.to = *to;
  while (!rest.empty() && rest.front() == ' ') {
    rest.remove_prefix(1);
  }
  if (rest.empty()) {
    return out;
  }
  out.times = rest.front() == 'x';
  if (!out.times && rest.front() != '+') {
    return std::nullopt;
  }
  rest.remove_prefix(1);
  const auto step = take_number(rest);
  if (!step || !rest.empty()) {
    return std::nullopt;
  }
  out.step = *step;
  return out;
}

std::optional<std::string> range_trouble(std::string_view text) {
  const std::optional<SweepRange> range = find_range(text);
  if (range && range->count() < 1) {
    return "expected a range that goes up, such as 1..64 x2 or 1..10 +3, found " +
           quoted_excerpt(text);
  }
  return std::nullopt;
}

std::vector<std::string> SweepAxis::names() const {
  std::vector<std::string> out(1);
  for (const char c : name) {
    if (c == ',') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::string condition_text(const std::string& when) {
  return when.find("${") == std::string::npos ? "${" + when + "}" : when;
}

}  // namespace rehearse::scenarios
