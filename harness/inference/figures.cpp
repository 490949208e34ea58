#include "harness/inference/figures.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::inference {
namespace {

constexpr std::size_t kManyValues = 20;
constexpr double kLeastTime_s = 1e-6;
constexpr double kWidestRatio = 20;  // of a value to the median: what is farther says no spread

double median_of(const std::vector<double>& values) {
  return stats::unsorted_quantile(values, 0.5).value_or(0);
}

double rounded(double value, double digits) {
  const double step = std::pow(10, std::floor(std::log10(std::abs(value))) - digits + 1);
  return value == 0 ? 0 : std::round(value / step) * step;
}

// Three digits as a decimal number: 0.123.
double spread_of(const std::vector<double>& values, double median) {
  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    const double log = std::log(std::clamp(value / median, 1 / kWidestRatio, kWidestRatio));
    sum += log;
    squares += log * log;
  }
  const auto count = static_cast<double>(values.size());
  const double variance = (squares - sum * sum / count) / (count - 1);
  return std::round(std::sqrt(std::max(variance, 0.0)) * 1e3) / 1e3;
}

bool all_equal(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](double value) { return value == values.front(); });
}

json::Value whole_or_number(double value) {
  return value == std::floor(value) && std::abs(value) < 1e15
             ? json::Value(static_cast<std::int64_t>(value))
             : json::Value(value);
}

// A handful of knots, so that people can read and change them. Neighbours that are equal once
// rounded are one.
json::Value knots_of(const std::vector<double>& values, bool time) {
  static constexpr double kKnots[] = {0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1};
  const std::vector<double> ascending = stats::sorted(values);
  const auto last = static_cast<double>(ascending.size() - 1);
  json::Value knots = json::Value::object();
  double before = -1;
  for (const double p : kKnots) {
    const double value = rounded(*stats::sorted_quantile(ascending, p), 4);
    const bool is_known = p == 0 || p == 1 || std::min(p, 1 - p) * last >= 1;
    if (is_known && value > before) {
      knots.set(number_text(p), time ? json::Value(rounded_time(value)) : whole_or_number(value));
      before = value;
    }
  }
  json::Value out = json::Value::object();
  out.set("quantiles", std::move(knots));
  return out;
}

}  // namespace

std::string rounded_time(double seconds) {
  const double value = rounded(std::max(seconds, kLeastTime_s), 4);
  return duration_text(Duration::nanoseconds(std::llround(value * 1e9)));
}

json::Value time_figure(std::vector<double> seconds) {
  for (double& value : seconds) {
    value = std::max(value, kLeastTime_s);
  }
  const double median = median_of(seconds);
  const auto [least, most] = std::minmax_element(seconds.begin(), seconds.end());
  if (seconds.size() >= kManyValues && rounded(*least, 4) < rounded(*most, 4)) {
    return knots_of(seconds, true);
  }
  json::Value out = json::Value::object();
  out.set("typical", rounded_time(median));
  if (seconds.size() > 1) {
    out.set("spread", spread_of(seconds, median));
  }
  return out;
}

json::Value amount_figure(std::vector<double> amounts) {
  if (all_equal(amounts)) {
    return whole_or_number(amounts.front());
  }
  if (amounts.size() >= kManyValues) {
    return knots_of(amounts, false);
  }
  const double median = median_of(amounts);
  if (median <= 0) {
    return count_figure(std::move(amounts));
  }
  json::Value out = json::Value::object();
  out.set("typical", whole_or_number(rounded(median, 4)));
  out.set("spread", spread_of(amounts, median));
  return out;
}

json::Value count_figure(std::vector<double> counts) {
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  if (*least == *most) {
    return whole_or_number(*least);
  }
  json::Value ends = json::Value::array();
  ends.push(whole_or_number(*least));
  ends.push(whole_or_number(*most));
  json::Value out = json::Value::object();
  out.set("uniform", std::move(ends));
  return out;
}

}  // namespace rehearse::inference
