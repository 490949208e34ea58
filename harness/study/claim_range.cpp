#include "harness/study/claim_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rehearse::study {
namespace {

struct Scaled {
  double factor;
  const char* unit;
};

Scaled seconds_unit(double largest) {
  return largest >= 600    ? Scaled{1.0 / 60, " min"}
         : largest >= 1    ? Scaled{1, " s"}
         : largest >= 1e-3 ? Scaled{1e3, " ms"}
         : largest > 0     ? Scaled{1e6, " us"}
                           : Scaled{1, " s"};
}

Scaled scaled_unit(double largest, const std::string& unit) {
  if (unit == "s") {
    return seconds_unit(largest);
  }
  if (unit == "%") {
    return {100, "%"};
  }
  if (unit == "USD") {
    return {1, " USD"};
  }
  return unit == "MB" ? Scaled{1, " MB"} : unit == "/s" ? Scaled{1, "/s"} : Scaled{1, ""};
}

std::string three_digits(double value) {
  if (value == 0) {
    return "0";
  }
  const double size = std::floor(std::log10(std::abs(value)));
  return fmt::format("{:.{}f}", value, std::clamp(2 - static_cast<int>(size), 0, 6));
}

}  // namespace

record::ClaimRange widened(record::ClaimRange claimed, double scale) {
  const auto slack = [&](double end) {
    return end == 0 ? std::abs(scale) / 100 : std::abs(end) * kClaimTolerance;
  };
  return {claimed.low - slack(claimed.low), claimed.high + slack(claimed.high)};
}

bool same_ends(record::ClaimRange a, record::ClaimRange b) {
  const auto near = [](double x, double y) {
    return std::abs(x - y) <= kClaimTolerance * std::max(std::abs(x), std::abs(y)) + 1e-12;
  };
  return near(a.low, b.low) && near(a.high, b.high);
}

std::string value_text(double value, const std::string& unit) {
  const Scaled as = scaled_unit(std::abs(value), unit);
  return three_digits(value * as.factor) + as.unit;
}

std::string range_text(record::ClaimRange range, const std::string& unit) {
  const Scaled as = scaled_unit(std::max(std::abs(range.low), std::abs(range.high)), unit);
  const std::string low = three_digits(range.low * as.factor);
  const std::string high = three_digits(range.high * as.factor);
  return low == high ? low + as.unit : low + " to " + high + as.unit;
}

}  // namespace rehearse::study
