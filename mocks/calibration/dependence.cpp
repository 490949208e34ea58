#include "mocks/calibration/dependence.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/two_sample.hpp"

namespace rehearse::calibration {
namespace {

constexpr std::size_t kFewestPairs = 32;
constexpr double kPairsInField = 8;
constexpr double kMostClasses = 12;
constexpr double kNormal99 = 2.326;  // one-sided 1%
constexpr double kNormal995 = 2.576;
constexpr int kRounds = 50;

// A square of numbers.
struct Field {
  std::size_t sides = 0;
  std::vector<double> values;
  double& at(std::size_t row, std::size_t column) { return values[row * sides + column]; }
};

Field counted(std::span<const double> a, std::span<const double> b, std::size_t sides) {
  const std::vector<double> rows = stats::ranks_of(a);
  const std::vector<double> columns = stats::ranks_of(b);
  const double width = static_cast<double>(a.size()) / static_cast<double>(sides);
  Field out{sides, std::vector<double>(sides * sides)};
  const auto place = [&](double rank) {
    return std::min(static_cast<std::size_t>((rank + 0.5) / width), sides - 1);
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    out.at(place(rows[i]), place(columns[i])) += 1;
  }
  return out;
}

// The 99th percentile of chi-squared (Wilson and Hilferty 1931).
double critical_chi_squared(double freedom) {
  const double part = 2 / (9 * freedom);
  return freedom * std::pow(1 - part + kNormal99 * std::sqrt(part), 3);
}

bool goes_together(std::span<const double> a, std::span<const double> b, const Field& counts) {
  const auto n = static_cast<double>(a.size());
  if (std::fabs(stats::rank_correlation(a, b)) * std::sqrt(n - 1) > kNormal995) {
    return true;
  }
  const auto sides = static_cast<double>(counts.sides);
  const double expected = n / (sides * sides);
  double sum = 0;
  for (const double count : counts.values) {
    sum += (count - expected) * (count - expected) / expected;
  }
  return sum > critical_chi_squared((sides - 1) * (sides - 1));
}

// Scales rows and columns in turn until all add up to 1 (Sinkhorn 1964). A little is added to every
// field, so that this ends also where some are empty.
void balance(Field& field, double pairs) {
  for (double& value : field.values) {
    value += pairs * 1e-6;
  }
  for (int round = 0; round < kRounds; ++round) {
    for (const bool by_row : {false, true}) {
      for (std::size_t i = 0; i < field.sides; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < field.sides; ++j) {
          sum += by_row ? field.at(i, j) : field.at(j, i);
        }
        for (std::size_t j = 0; j < field.sides; ++j) {
          (by_row ? field.at(i, j) : field.at(j, i)) /= sum;
        }
      }
    }
  }
}

}  // namespace

std::optional<json::Value> dependence_of(std::span<const double> a, std::span<const double> b) {
  if (a.size() < kFewestPairs || a.size() != b.size()) {
    return std::nullopt;
  }
  const auto pairs = static_cast<double>(a.size());
  const auto sides =
      static_cast<std::size_t>(std::clamp(std::sqrt(pairs / kPairsInField), 2.0, kMostClasses));
  Field field = counted(a, b, sides);
  if (!goes_together(a, b, field)) {
    return std::nullopt;
  }
  balance(field, pairs);
  json::Value out = json::Value::array();
  for (std::size_t i = 0; i < sides; ++i) {
    json::Value row = json::Value::array();
    for (std::size_t j = 0; j < sides; ++j) {
      row.push(std::round(field.at(i, j) * 1e6) / 1e6);
    }
    out.push(std::move(row));
  }
  return out;
}

}  // namespace rehearse::calibration
