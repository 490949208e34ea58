#include "harness/base/distribution.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/check.hpp"
#include "harness/base/math.hpp"
#include "harness/base/text.hpp"

namespace rehearse {

struct Distribution::Table {
  std::vector<double> probability;
  std::vector<double> value;
  std::vector<double> log_value;  // empty where a value is 0: interpolate linearly then
  std::vector<std::pair<double, Distribution>> components;  // cumulative weight, component
};

namespace {

constexpr double kZ95 = 1.6448536269514722;  // normal_quantile(0.95)

// Probabilities dense in both tails, where reports look.
std::vector<double> tail_dense_probabilities() {
  std::vector<double> out;
  for (double p = 1e-6; p < 0.01; p *= 1.5) {
    out.push_back(p);
  }
  for (int i = 4; i < 397; ++i) {
    out.push_back(i * 0.0025);
  }
  std::vector<double> upper;
  for (double p = 1e-7; p < 0.01; p *= 1.25) {
    upper.push_back(1 - p);
  }
  out.insert(out.end(), upper.rbegin(), upper.rend());
  return out;
}

// Regularised lower incomplete gamma P(shape, x) by series or continued fraction (Abramowitz and
// Stegun 6.5.29, 6.5.31), on our own exp and ln.
double gamma_cdf(double shape, double log_gamma_shape, double x) {
  if (x <= 0) {
    return 0;
  }
  const double front = exp(shape * ln(x) - x - log_gamma_shape);
  if (x < shape + 1) {
    double term = 1 / shape;
    double sum = term;
    for (int n = 1; n < 10'000 && term > sum * 1e-16; ++n) {
      term *= x / (shape + n);
      sum += term;
    }
    return front * sum;
  }
  constexpr double kTiny = 1e-300;
  double b = x + 1 - shape;
  double c = 1 / kTiny;
  double d = 1 / b;
  double h = d;
  for (int n = 1; n < 10'000; ++n) {
    const double an = -n * (n - shape);
    b += 2;
    d = an * d + b;
    d = std::fabs(d) < kTiny ? kTiny : d;
    c = b + an / c;
    c = std::fabs(c) < kTiny ? kTiny : c;
    d = 1 / d;
    const double step = d * c;
    h *= step;
    if (std::fabs(step - 1) < 1e-15) {
      break;
    }
  }
  return 1 - front * h;
}

// ln Gamma(x), x > 0: Stirling's series after shifting x past 12 (Abramowitz and Stegun 6.1.41).
double log_gamma(double x) {
  double shift = 0;
  while (x < 12) {
    shift -= ln(x);
    x += 1;
  }
  const double z = 1 / (x * x);
  const double series =
      (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z / 1188)))) / x;
  return shift + (x - 0.5) * ln(x) - x + 0.91893853320467274178 + series;
}

double gamma_quantile(double shape, double p) {
  const double lg = log_gamma(shape);
  double low = 0;
  double high = shape + 1;
  while (gamma_cdf(shape, lg, high) < p) {
    high *= 2;
  }
  for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
    const double middle = low < high * 1e-3 && low > 0 ? std::sqrt(low * high) : (low + high) / 2;
    (gamma_cdf(shape, lg, middle) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Distribution Distribution::constant(double value) { return {Kind::Constant, value, 0}; }

Distribution Distribution::lognormal(double mu, double sigma) {
  return sigma == 0 ? constant(exp(mu)) : Distribution(Kind::Lognormal, mu, sigma);
}

Distribution Distribution::typical(double median, double sigma) {
  return median <= 0 ? constant(0) : sigma == 0 ? constant(median) : lognormal(ln(median), sigma);
}

Distribution Distribution::between(double p05, double p95) {
  if (p05 <= 0 || p05 == p95) {
    return p05 == p95 ? constant(p05) : uniform(p05, p95);
  }
  const double low = ln(p05);
  const double high = ln(p95);
  return lognormal((low + high) / 2, (high - low) / (2 * kZ95));
}

Distribution Distribution::uniform(double low, double high) {
  return low == high ? constant(low) : Distribution(Kind::Uniform, low, high);
}

Distribution Distribution::exponential(double mean) {
  return mean == 0 ? constant(0) : Distribution(Kind::Exponential, mean, 0);
}

Distribution Distribution::gamma(double mean, double cv) {
  REHEARSE_CHECK(cv > 0);
  const double shape = 1 / (cv * cv);
  Table table;
  for (const double p : tail_dense_probabilities()) {
    table.probability.push_back(p);
    table.value.push_back(gamma_quantile(shape, p) / shape);
    table.log_value.push_back(ln(std::max(table.value.back(), 1e-300)));
  }
  Distribution out(Kind::Gamma, mean, cv);
  out.scale_ = mean;
  out.table_ = std::make_shared<const Table>(std::move(table));
  return out;
}

Result<Distribution> Distribution::quantiles(std::vector<std::pair<double, double>> knots) {
  if (knots.size() < 2) {
    return Error{"", "expected at least two quantiles, found " + std::to_string(knots.size())};
  }
  Table table;
  bool positive = true;
  for (const auto& [probability, value] : knots) {
    if (!(probability >= 0 && probability <= 1) || !(value >= 0) ||
        (!table.value.empty() &&
         (probability <= table.probability.back() || value < table.value.back()))) {
      return Error{"", "quantiles must ascend in probability (0 to 1) and in value, found " +
                           number_text(probability) + ": " + number_text(value)};
    }
    table.probability.push_back(probability);
    table.value.push_back(value);
    positive = positive && value > 0;
  }
  if (positive) {
    for (const double value : table.value) {
      table.log_value.push_back(ln(value));
    }
  }
  Distribution out(Kind::Quantiles, 0, 0);
  out.table_ = std::make_shared<const Table>(std::move(table));
  return out;
}

Result<Distribution> Distribution::mixture(
    std::vector<std::pair<double, Distribution>> components) {
  double total = 0;
  for (const auto& [weight, component] : components) {
    if (!(weight >= 0 && weight <= 1e300)) {
      return Error{
          "", "expected a weight that is a number and not negative, found " + number_text(weight)};
    }
    total += weight;
  }
  if (!(total > 0)) {
    return Error{"", "expected at least one component with a weight above 0"};
  }
  Table table;
  double cumulative = 0;
  for (auto& [weight, component] : components) {
    if (weight > 0) {
      cumulative += weight / total;
      table.components.emplace_back(cumulative, std::move(component));
    }
  }
  table.components.back().first = 1;
  Distribution out(Kind::Mixture, 0, 0);
  out.table_ = std::make_shared<const Table>(std::move(table));
  return out;
}

Result<Distribution> Distribution::empirical(std::vector<double> values) {
  std::erase_if(values, [](double v) { return !(v >= 0) || v > 1e300; });
  if (values.empty()) {
    return Error{"", "expected at least one value that is a number and not negative"};
  }
  std::sort(values.begin(), values.end());
  if (values.front() == values.back()) {
    return constant(values.front());
  }
  const auto n = static_cast<double>(values.size());
  std::vector<std::pair<double, double>> knots;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = (static_cast<double>(i) + 0.5) / n;
    const bool tail = p < 0.02 || p > 0.98;
    if (values.size() <= 4096 || tail || i % (values.size() / 1024) == 0) {
      knots.emplace_back(p, values[i]);
    }
  }
  return quantiles(std::move(knots));
}

double Distribution::unclamped_quantile(double u) const {
  switch (kind_) {
    case Kind::Constant:
      return a_;
    case Kind::Lognormal:
      return exp(a_ + b_ * normal_quantile(u));
    case Kind::Uniform:
      return a_ + (b_ - a_) * u;
    case Kind::Exponential:
      return -a_ * ln(1 - u);
    case Kind::Mixture: {
      double before = 0;
      for (const auto& [until, component] : table_->components) {
        if (u < until) {
          return scale_ * component.quantile((u - before) / (until - before));
        }
        before = until;
      }
      return scale_ * table_->components.back().second.quantile(u);
    }
    case Kind::Gamma:
    case Kind::Quantiles:
      break;
  }
  const std::vector<double>& p = table_->probability;
  const auto above = static_cast<std::size_t>(std::upper_bound(p.begin(), p.end(), u) - p.begin());
  if (above == 0) {
    return scale_ * table_->value.front();
  }
  if (above == p.size()) {
    return scale_ * table_->value.back();
  }
  const double share = (u - p[above - 1]) / (p[above] - p[above - 1]);
  const bool logarithmic = !table_->log_value.empty();
  const std::vector<double>& v = logarithmic ? table_->log_value : table_->value;
  const double between = v[above - 1] + share * (v[above] - v[above - 1]);
  return scale_ * (logarithmic ? exp(between) : between);
}

double Distribution::quantile(double u) const {
  const double value = unclamped_quantile(u);
  return value < low_ ? low_ : value > high_ ? high_ : value;
}

void Distribution::quantiles(std::array<double, kBlockDraws>& draws) const {
  if (kind_ == Kind::Lognormal) {
    lognormal_block(draws, a_, b_);
  } else if (kind_ == Kind::Exponential) {
    exponential_block(draws, a_);
  } else {
    for (double& each : draws) {
      each = unclamped_quantile(each);
    }
  }
  for (double& each : draws) {
    each = each < low_ ? low_ : each > high_ ? high_ : each;
  }
}

double Distribution::mean() const {
  if (low_ <= 0 && high_ >= 1e300) {
    switch (kind_) {
      case Kind::Constant:
        return a_;
      case Kind::Lognormal:
        return exp(a_ + b_ * b_ / 2);
      case Kind::Uniform:
        return (a_ + b_) / 2;
      case Kind::Exponential:
        return a_;
      case Kind::Gamma:
        return scale_;
      case Kind::Mixture: {
        double sum = 0;
        double before = 0;
        for (const auto& [until, component] : table_->components) {
          sum += (until - before) * component.mean();
          before = until;
        }
        return scale_ * sum;
      }
      case Kind::Quantiles:
        break;
    }
  }
  constexpr int kSteps = 20'000;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    sum += quantile((i + 0.5) / kSteps);
  }
  return sum / kSteps;
}

Distribution Distribution::scaled(double factor) const {
  REHEARSE_CHECK(factor > 0);
  Distribution out = *this;
  switch (kind_) {
    case Kind::Lognormal:
      out.a_ += ln(factor);
      break;
    case Kind::Constant:
    case Kind::Exponential:
      out.a_ *= factor;
      break;
    case Kind::Uniform:
      out.a_ *= factor;
      out.b_ *= factor;
      break;
    case Kind::Gamma:
    case Kind::Quantiles:
    case Kind::Mixture:
      out.scale_ *= factor;
      break;
  }
  out.low_ *= factor;
  out.high_ = high_ >= 1e300 ? high_ : high_ * factor;
  return out;
}

Distribution Distribution::clamped(double low, double high) const {
  Distribution out = *this;
  out.low_ = std::max(out.low_, low);
  out.high_ = std::min(out.high_, high);
  return out;
}

std::string Distribution::text() const {
  switch (kind_) {
    case Kind::Constant:
      return number_text(a_);
    case Kind::Lognormal:
      return "lognormal(median " + number_text(exp(a_)) + ", sigma " + number_text(b_) + ")";
    case Kind::Uniform:
      return "uniform(" + number_text(a_) + " to " + number_text(b_) + ")";
    case Kind::Exponential:
      return "exponential(mean " + number_text(a_) + ")";
    case Kind::Gamma:
      return "gamma(mean " + number_text(scale_) + ", cv " + number_text(b_) + ")";
    case Kind::Quantiles:
      return "quantiles(median " + number_text(quantile(0.5)) + ")";
    case Kind::Mixture:
      return "mixture(" + std::to_string(table_->components.size()) + " components)";
  }
  return {};
}

}  // namespace rehearse
