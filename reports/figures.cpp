#include "reports/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "harness/base/money.hpp"
#include "harness/base/time.hpp"

namespace rehearse::reports {
namespace {

std::string print(const char* format, double value) {
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), format, value);
  return out.data();
}

}  // namespace

std::string seconds(double s) {
  if (std::isinf(s)) {
    return "endless";
  }
  return readable_duration(Duration::from_seconds(s + (s >= 0 ? 0.5e-9 : -0.5e-9)));
}

std::string seconds(std::optional<double> s) { return s ? seconds(*s) : "–"; }

std::string usd(double amount) {
  std::string out = readable_money(Money::from_usd(amount));
  const std::size_t first = out.starts_with('-') ? 1 : 0;
  for (std::size_t at = out.find('.'); at > first + 3 && at < out.size();) {
    at -= 3;
    out.insert(at, ",");
  }
  return out;
}

std::string per_time(double per_s) {
  if (per_s >= 999.5 && per_s < 1e15) {
    return count(static_cast<std::uint64_t>(std::round(per_s))) + "/s";
  }
  if (per_s >= 0.1 || !(per_s > 0)) {
    return number(per_s) + "/s";
  }
  return per_s * 60 >= 1 ? number(per_s * 60) + "/min" : number(per_s * 3600) + "/h";
}

std::string percent(double ratio) {
  const double value = ratio * 100;
  const double size = std::fabs(value);
  if (size != 0 && size < 0.05) {
    return value > 0 ? "<0.1%" : ">-0.1%";
  }
  return print(size < 9.95 && size != std::round(size) ? "%.1f%%" : "%.0f%%", value);
}

std::string change(double ratio) {
  const double value = ratio * 100;
  const double size = std::fabs(value);
  if (size < 0.005) {
    return "0%";
  }
  return print(size < 0.0995 ? "%+.2f%%" : size < 99.95 ? "%+.1f%%" : "%+.0f%%", value);
}

std::string count(std::uint64_t n) {
  std::string out = std::to_string(n);
  for (std::size_t at = out.size(); at > 3;) {
    at -= 3;
    out.insert(at, ",");
  }
  return out;
}

std::string number(double value) { return print("%.3g", value); }

std::string plural(std::uint64_t n, std::string_view one) {
  return count(n) + " " + std::string(one) + (n == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) {
    out += out.empty() ? "" : between;
    out += part;
  }
  return out;
}

std::string quantile(const record::Spread& spread, double q) {
  const std::optional<double>& value = q < 0.7    ? spread.p50
                                       : q < 0.92 ? spread.p90
                                       : q < 0.97 ? spread.p95
                                                  : spread.p99;
  if (value) {
    return seconds(*value);
  }
  return spread.count == 0 ? "–" : "needs " + count(record::quantile_floor(q)) + " jobs";
}

std::string in_unit(double value, std::string_view unit) {
  if (std::isinf(value)) {
    return "endless";
  }
  if (unit == "s") {
    return seconds(value);
  }
  if (unit == "USD") {
    return usd(value);
  }
  if (unit == "%") {
    return percent(value);
  }
  if (unit == "MB") {
    return number(value) + " MB";
  }
  return number(value) + std::string(unit);
}

std::string interval_text(const record::MetricChange& row) {
  return row.low && row.high ? change(*row.low) + " … " + change(*row.high) : "–";
}

std::string side_text(const record::RunSummary& side) {
  return side.header.variants.empty() ? "base" : joined(side.header.variants, " + ");
}

std::string plain_text(const Line& line) {
  std::string out;
  for (const Text& text : line) {
    out += text.text;
  }
  return out;
}

std::string sentence(std::string_view text) {
  text = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  std::string out(text);
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') {
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
  }
  return out.empty() || std::string_view(".!?").find(out.back()) != std::string_view::npos
             ? out
             : out + ".";
}

Tone tone_of(record::Verdict verdict) {
  switch (verdict) {
    case record::Verdict::Improved:
      return Tone::Good;
    case record::Verdict::Regressed:
      return Tone::Bad;
    case record::Verdict::Same:
      return Tone::Plain;
    case record::Verdict::Inconclusive:
      return Tone::Warn;
  }
  return Tone::Plain;
}

}  // namespace rehearse::reports
