#include "mocks/calibration/knots.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::calibration {
namespace {

constexpr double kGap = 1.15;  // neighbours this far apart inside the bulk are two modes
constexpr std::size_t kFewestBeyond = 2;

// Every 2.5% in the middle, closer towards both ends, closest at the top, where reports look.
std::vector<double> standard_probabilities() {
  std::vector<double> out = {0, 0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.035};
  for (int i = 2; i <= 37; ++i) {
    out.push_back(i * 0.025);
  }
  for (const double p : {0.935, 0.945, 0.955, 0.965, 0.97, 0.975, 0.98, 0.984, 0.987, 0.99, 0.9925,
                         0.995, 0.9965, 0.998, 0.999, 0.9995, 0.9998, 1.0}) {
    out.push_back(p);
  }
  return out;
}

json::Value knots_of(std::vector<double> values, bool time) {
  std::sort(values.begin(), values.end());
  const auto text = [time](double value) -> json::Value {
    if (!time || value <= 0) {
      return value <= 0 ? json::Value(0) : json::Value(value);
    }
    return duration_text(std::max(Duration::from_seconds(value), Duration::nanoseconds(1)));
  };
  json::Value out = json::Value::object();
  if (values.front() == values.back()) {
    out.set("value", text(values.front()));
    return out;
  }
  json::Value quantiles = json::Value::object();
  for (const double p : knot_probabilities(values)) {
    quantiles.set(number_text(p), text(*stats::sorted_quantile(values, p)));
  }
  out.set("quantiles", std::move(quantiles));
  return out;
}

}  // namespace

std::vector<double> knot_probabilities(const std::vector<double>& ascending) {
  const auto last = static_cast<double>(ascending.size() - 1);
  std::vector<double> out;
  for (const double p : standard_probabilities()) {
    // Between the last two values there is nothing to know.
    if (p == 0 || p == 1 || std::min(p, 1 - p) * last >= 0.5) {
      out.push_back(p);
    }
  }
  for (std::size_t i = kFewestBeyond; i + kFewestBeyond < ascending.size(); ++i) {
    const double low = ascending[i - 1];
    if (low > 0 && ascending[i] / low > kGap) {
      out.push_back(static_cast<double>(i - 1) / last);
      out.push_back(static_cast<double>(i) / last);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

json::Value time_knots(std::vector<double> seconds) { return knots_of(std::move(seconds), true); }

json::Value amount_knots(std::vector<double> amounts) {
  return knots_of(std::move(amounts), false);
}

}  // namespace rehearse::calibration
