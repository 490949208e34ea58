#include "harness/stats/rate_interval.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

#include "harness/base/check.hpp"
#include "harness/base/math.hpp"

namespace rehearse::stats {
namespace {

double score(double confidence) { return normal_quantile(0.5 + confidence / 2); }

// The maximum likelihood rate of `before` where after - before = d: the root of Miettinen and
// Nurminen's cubic, in their closed form.
double restricted_rate(Rate before, Rate after, double d) {
  const auto n1 = static_cast<double>(after.trials);
  const auto n0 = static_cast<double>(before.trials);
  const auto c1 = static_cast<double>(after.hits);
  const auto c0 = static_cast<double>(before.hits);
  const double n = n1 + n0;
  const double c = c1 + c0;
  const double l3 = n;
  const double l2 = (n1 + 2 * n0) * d - n - c;
  const double l1 = (n0 * d - n - 2 * c0) * d + c;
  const double l0 = c0 * d * (1 - d);
  const double q = std::pow(l2 / (3 * l3), 3) - l1 * l2 / (6 * l3 * l3) + l0 / (2 * l3);
  const double inside = std::pow(l2 / (3 * l3), 2) - l1 / (3 * l3);
  const double p = std::copysign(std::sqrt(std::max(0.0, inside)), q);
  const double cosine = p == 0 ? 0 : std::clamp(q / (p * p * p), -1.0, 1.0);
  const double angle = (3.14159265358979323846 + std::acos(cosine)) / 3;
  const double root = 2 * p * std::cos(angle) - l2 / (3 * l3);
  return std::clamp(root, std::max(0.0, -d), std::min(1.0, 1 - d));
}

// The squared score statistic of "the difference is d".
double score_squared(Rate before, Rate after, double d) {
  const double r0 = restricted_rate(before, after, d);
  const double r1 = std::clamp(r0 + d, 0.0, 1.0);
  const auto n1 = static_cast<double>(after.trials);
  const auto n0 = static_cast<double>(before.trials);
  const double n = n1 + n0;
  const double variance = (r1 * (1 - r1) / n1 + r0 * (1 - r0) / n0) * n / (n - 1);
  const double gap = after.value() - before.value() - d;
  if (gap == 0) {
    return 0;
  }
  return variance <= 0 ? std::numeric_limits<double>::infinity() : gap * gap / variance;
}

// The farthest d from `inside` towards `limit` that the test does not reject.
double farthest(Rate before, Rate after, double inside, double limit, double critical) {
  double kept = inside;
  double rejected = limit;
  if (score_squared(before, after, limit) <= critical) {
    return limit;
  }
  for (int i = 0; i < 60; ++i) {
    const double middle = (kept + rejected) / 2;
    (score_squared(before, after, middle) <= critical ? kept : rejected) = middle;
  }
  return kept;
}

}  // namespace

Interval wilson_interval(Rate rate, double confidence) {
  REHEARSE_CHECK(rate.hits <= rate.trials);
  if (rate.trials == 0) {
    return {0, 1};
  }
  const auto n = static_cast<double>(rate.trials);
  const double p = rate.value();
  const double z = score(confidence);
  const double centre = p + z * z / (2 * n);
  const double spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return {rate.hits == 0 ? 0 : std::max(0.0, (centre - spread) / scale),
          rate.hits == rate.trials ? 1 : std::min(1.0, (centre + spread) / scale)};
}

Interval newcombe_difference(Rate before, Rate after, double confidence) {
  if (before.trials == 0 || after.trials == 0) {
    return {-1, 1};
  }
  const Interval b = wilson_interval(before, confidence);
  const Interval a = wilson_interval(after, confidence);
  const double found = after.value() - before.value();
  return {found - std::hypot(after.value() - a.low, b.high - before.value()),
          found + std::hypot(a.high - after.value(), before.value() - b.low)};
}

Interval miettinen_nurminen_difference(Rate before, Rate after, double confidence) {
  REHEARSE_CHECK(before.hits <= before.trials && after.hits <= after.trials);
  if (before.trials == 0 || after.trials == 0) {
    return {-1, 1};
  }
  const double z = score(confidence);
  const double found = after.value() - before.value();
  return {farthest(before, after, found, -1, z * z), farthest(before, after, found, 1, z * z)};
}

double score_p(Rate before, Rate after) {
  if (before.trials == 0 || after.trials == 0) {
    return 1;
  }
  const double z = std::sqrt(score_squared(before, after, 0));
  return std::max(std::erfc(z / std::sqrt(2.0)), 1e-300);
}

double fisher_p(Rate before, Rate after) {
  REHEARSE_CHECK(before.hits <= before.trials && after.hits <= after.trials);
  const std::uint64_t hits = before.hits + after.hits;
  const std::uint64_t trials = before.trials + after.trials;
  if (before.trials == 0 || after.trials == 0 || hits == 0 || hits == trials) {
    return 1;
  }
  const auto log_choose = [](std::uint64_t n, std::uint64_t k) {
    const auto gamma = [](std::uint64_t x) {
      return boost::math::lgamma(static_cast<double>(x) + 1);
    };
    return gamma(n) - gamma(k) - gamma(n - k);
  };
  const double all = log_choose(trials, hits);
  const auto log_likelihood = [&](std::uint64_t k) {
    return log_choose(before.trials, k) + log_choose(after.trials, hits - k) - all;
  };
  const double found = log_likelihood(before.hits);
  double p = 0;
  const std::uint64_t least = hits > after.trials ? hits - after.trials : 0;
  for (std::uint64_t k = least; k <= std::min(hits, before.trials); ++k) {
    const double l = log_likelihood(k);
    p += l <= found + 1e-7 ? std::exp(l) : 0;  // the slack R uses for ties of rounding
  }
  return std::min(1.0, p);
}

}  // namespace rehearse::stats
