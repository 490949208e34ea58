#include "harness/stats/batch_means.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "harness/base/check.hpp"
#include "harness/base/math.hpp"
#include "harness/stats/moments.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::stats {
namespace {

constexpr double kMostLag1 = 0.3;

double student_quantile(double degrees, double p) {
  return boost::math::quantile(boost::math::students_t(degrees), p);
}

std::vector<double> cut(std::span<const double> values, std::size_t batches,
                        BatchStatistic statistic) {
  const std::size_t length = values.size() / batches;
  std::vector<double> out;
  for (std::size_t i = 0; i < batches; ++i) {
    out.push_back(statistic.of(values.subspan(i * length, length)));
  }
  return out;
}

// The squared standard error of the batches' centre.
double squared_error(const Batches& batches) {
  return moments_of(batches.values).variance() / static_cast<double>(batches.values.size());
}

}  // namespace

double BatchStatistic::of(std::span<const double> values) const {
  REHEARSE_CHECK(!values.empty());
  return quantile ? *unsorted_quantile({values.begin(), values.end()}, *quantile)
                  : moments_of(values).mean();
}

double Batches::centre() const { return moments_of(values).mean(); }

double lag1_autocorrelation(std::span<const double> values) {
  const double mean = moments_of(values).mean();
  double products = 0;
  double squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares += (values[i] - mean) * (values[i] - mean);
    products += i == 0 ? 0 : (values[i] - mean) * (values[i - 1] - mean);
  }
  return squares > 0 ? products / squares : 0;
}

double independent_values(std::span<const double> values) {
  constexpr std::size_t kMostMeans = 1000;
  const std::size_t length = std::max<std::size_t>(1, values.size() / kMostMeans);
  std::vector<double> means;
  for (std::size_t at = 0; at + length <= values.size(); at += length) {
    means.push_back(moments_of(values.subspan(at, length)).mean());
  }
  const double centre = moments_of(means).mean();
  double squares = 0;
  for (double& mean : means) {
    mean -= centre;
    squares += mean * mean;
  }
  const auto count = static_cast<double>(means.size());
  if (!(squares > 0)) {
    return static_cast<double>(values.size());
  }
  const auto correlation = [&](std::size_t lag) {
    double products = 0;
    for (std::size_t i = lag; i < means.size(); ++i) {
      products += means[i] * means[i - lag];
    }
    return products / squares;
  };
  double time = -1;
  double last = std::numeric_limits<double>::infinity();
  for (std::size_t lag = 0; lag < means.size(); lag += 2) {
    last = std::min(last, correlation(lag) + correlation(lag + 1));
    if (last <= 0) {
      break;
    }
    time += 2 * last;
  }
  return std::min(count / std::max(time, 1.0), static_cast<double>(values.size()));
}

std::optional<Batches> batches_of(std::span<const double> values, BatchStatistic statistic) {
  for (const std::size_t count : {std::size_t{10}, std::size_t{5}}) {
    if (values.size() < 2 * count) {
      continue;
    }
    Batches out{cut(values, count, statistic), 0, 0};
    out.lag1 = lag1_autocorrelation(out.values);
    if (out.lag1 <= kMostLag1) {
      out.whole = statistic.of(values);
      return out;
    }
  }
  return std::nullopt;
}

Interval batch_interval(const Batches& batches, double confidence) {
  REHEARSE_CHECK(batches.values.size() >= 2);
  const double t =
      student_quantile(static_cast<double>(batches.values.size() - 1), 0.5 + confidence / 2);
  const double half = t * std::sqrt(squared_error(batches));
  return {batches.centre() - half, batches.centre() + half};
}

double batch_widening(double independent_values, std::size_t batches) {
  return std::sqrt(1 + 3 * static_cast<double>(batches) / std::max(independent_values, 1.0));
}

Effect widened(const Effect& effect, double factor) {
  const auto around = [&](Interval interval) {
    return Interval{effect.estimate - factor * (effect.estimate - interval.low),
                    effect.estimate + factor * (interval.high - effect.estimate)};
  };
  Effect out = effect;
  out.confidence = around(effect.confidence);
  out.equivalence = around(effect.equivalence);
  const double z = normal_quantile(1 - std::clamp(effect.p_value, 1e-15, 1.0) / 2) / factor;
  out.p_value = std::clamp(std::erfc(z / std::sqrt(2.0)), effect.p_value, 1.0);
  return out;
}

Effect batch_ratio(const Batches& before, const Batches& after, double alpha) {
  REHEARSE_CHECK(before.values.size() >= 2 && after.values.size() >= 2);
  const double old_centre = before.centre();
  const double new_centre = after.centre();
  REHEARSE_CHECK(old_centre > 0 && new_centre > 0);
  const double b = squared_error(before) / (old_centre * old_centre);
  const double a = squared_error(after) / (new_centre * new_centre);
  Effect out;
  out.estimate = old_centre == new_centre ? 0 : std::log(new_centre / old_centre);
  if (a + b == 0) {
    out.confidence = out.equivalence = {out.estimate, out.estimate};
    out.p_value = out.estimate == 0 ? 1 : 1e-300;
    return out;
  }
  const auto degrees_before = static_cast<double>(before.values.size() - 1);
  const auto degrees_after = static_cast<double>(after.values.size() - 1);
  const double degrees = (a + b) * (a + b) / (a * a / degrees_after + b * b / degrees_before);
  const double error = std::sqrt(a + b);
  const auto around = [&](double level) {
    const double half = student_quantile(degrees, 1 - level / 2) * error;
    return Interval{out.estimate - half, out.estimate + half};
  };
  out.confidence = around(alpha);
  out.equivalence = around(2 * alpha);
  const boost::math::students_t t(degrees);
  out.p_value = std::clamp(2 * boost::math::cdf(t, -std::fabs(out.estimate) / error), 1e-300, 1.0);
  return out;
}

std::size_t mser5(std::span<const double> values, double most) {
  constexpr std::size_t kGroup = 5;
  const std::size_t groups = values.size() / kGroup;
  if (groups < 4) {
    return 0;
  }
  std::vector<double> means;
  for (std::size_t i = 0; i < groups; ++i) {
    means.push_back(moments_of(values.subspan(i * kGroup, kGroup)).mean());
  }
  const auto last =
      static_cast<std::size_t>(std::clamp(most, 0.0, 0.5) * static_cast<double>(values.size())) /
      kGroup;
  // From the back, so that each start's error comes from one pass.
  Moments rest;
  std::size_t best = 0;
  double best_error = std::numeric_limits<double>::infinity();
  for (std::size_t d = groups; d-- > 0;) {
    rest.add(means[d]);
    if (d > last) {
      continue;
    }
    const auto n = static_cast<double>(rest.count());
    const double error = rest.variance() * (n - 1) / (n * n);
    if (error <= best_error) {
      best_error = error;
      best = d;
    }
  }
  return best * kGroup;
}

}  // namespace rehearse::stats
