#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/draw_block.hpp"
#include "harness/base/result.hpp"

namespace rehearse {

// A distribution of a non-negative quantity (seconds, tokens, bytes: the unit is its user's), drawn
// by inverse CDF from one uniform, so that equal luck gives comparable values. Cheap to copy.
class Distribution {
 public:
  enum class Kind { Constant, Lognormal, Uniform, Exponential, Gamma, Quantiles, Mixture };

  // Always 0.
  Distribution() = default;
  static Distribution constant(double value);
  // exp(mu + sigma Z); sigma >= 0.
  static Distribution lognormal(double mu, double sigma);
  // Lognormal by its median and the standard deviation of its logarithm.
  static Distribution typical(double median, double sigma);
  // Lognormal by its 5th and 95th percentile, 0 < p05 <= p95: what a range in a report means here.
  static Distribution between(double p05, double p95);
  static Distribution uniform(double low, double high);
  static Distribution exponential(double mean);
  // Gamma by mean and coefficient of variation (> 0): a tail-dense monotone table made here.
  static Distribution gamma(double mean, double cv);
  // (probability, value) knots, both ascending, at least two; log-interpolated where both values
  // are positive. Below the first and past the last knot the end values hold.
  static Result<Distribution> quantiles(std::vector<std::pair<double, double>> knots);
  // Weighted components; one uniform picks the component and, rescaled, its value.
  static Result<Distribution> mixture(std::vector<std::pair<double, Distribution>> components);
  // The sample's own quantiles, at least one value: knots at every order statistic (tail-dense
  // thinned past 4,096 values).
  static Result<Distribution> empirical(std::vector<double> values);

  // The value below which a share u of draws lies, u in (0, 1). For a mixture: the draw of that u.
  double quantile(double u) const;
  // In place: of each of these uniforms, to the last bit.
  void quantiles(std::array<double, kBlockDraws>& draws) const;
  double mean() const;
  // The same distribution times `factor` (> 0).
  Distribution scaled(double factor) const;
  // The same, never below `low` or above `high`.
  Distribution clamped(double low, double high) const;

  Kind kind() const { return kind_; }
  bool is_constant() const { return kind_ == Kind::Constant; }
  bool is_zero() const { return kind_ == Kind::Constant && a_ == 0; }
  // One line for people: "lognormal(median 5, sigma 0.1)".
  std::string text() const;

 private:
  struct Table;
  Distribution(Kind kind, double a, double b) : kind_(kind), a_(a), b_(b) {}
  double unclamped_quantile(double u) const;

  Kind kind_ = Kind::Constant;
  double a_ = 0;      // constant; mu; low; mean
  double b_ = 0;      // sigma; high; cv
  double scale_ = 1;  // of a table
  double low_ = 0;    // clamp
  double high_ = 1e300;
  std::shared_ptr<const Table> table_;
};

}  // namespace rehearse
