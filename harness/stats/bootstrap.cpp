#include "harness/stats/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/base/check.hpp"
#include "harness/stats/moments.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kDirect = 500;  // above: means of runs of neighbours are resampled
constexpr std::size_t kRuns = 128;

// The two-sided percentile interval of draws (reordered here), conservative by at most one draw.
Interval percentile_interval(std::vector<double>& draws, double alpha) {
  const auto n = static_cast<double>(draws.size());
  const auto skip = static_cast<std::size_t>(std::max(0.0, std::floor(alpha / 2 * (n + 1)) - 1));
  const auto low = draws.begin() + static_cast<std::ptrdiff_t>(skip);
  std::nth_element(draws.begin(), low, draws.end());
  const double low_value = *low;
  const auto high = draws.end() - 1 - static_cast<std::ptrdiff_t>(skip);
  std::nth_element(draws.begin(), high, draws.end());
  return {low_value, *high};
}

// Twice the smaller tail of `draws` beyond `at`, never zero (Phipson and Smyth 2010).
double two_sided_p(const std::vector<double>& draws, double at) {
  std::size_t below = 0;
  std::size_t above = 0;
  for (const double d : draws) {
    below += d <= at ? 1 : 0;
    above += d >= at ? 1 : 0;
  }
  const double tail =
      static_cast<double>(std::min(below, above) + 1) / static_cast<double>(draws.size() + 1);
  return std::min(1.0, 2 * tail);
}

// The bootstrap-t interval from studentised draws.
Effect studentised(double estimate, double error, std::vector<double>& t, double alpha) {
  Effect out;
  out.estimate = estimate;
  if (error == 0) {
    out.confidence = out.equivalence = {estimate, estimate};
    out.p_value = estimate == 0 ? 1 : 2.0 / static_cast<double>(t.size() + 1);
    return out;
  }
  const auto inverted = [&](double level) {
    const Interval cut = percentile_interval(t, level);
    return Interval{estimate - cut.high * error, estimate - cut.low * error};
  };
  out.p_value = two_sided_p(t, estimate / error);
  out.confidence = inverted(alpha);
  out.equivalence = inverted(2 * alpha);
  return out;
}

double studentised_draw(double deviation, double variance) {
  if (deviation == 0) {
    return 0;
  }
  return variance > 0 && std::isfinite(deviation) ? deviation / std::sqrt(variance)
                                                  : std::copysign(kInfinity, deviation);
}

std::size_t run_length(std::size_t n) { return n <= kDirect ? 1 : n / kRuns; }

// value / mean - 1 of each value, or of each run's mean.
std::vector<double> relative_deviations(std::span<const double> values, double mean) {
  const std::size_t length = run_length(values.size());
  std::vector<double> out;
  out.reserve(values.size() / length);
  for (std::size_t at = 0; at + length <= values.size(); at += length) {
    double sum = 0;
    for (const double value : values.subspan(at, length)) {
      sum += value - mean;
    }
    out.push_back(sum / static_cast<double>(length) / mean);
  }
  // The last values may fall short of a run: let the rest average to zero still.
  const double left = moments_of(out).mean();
  for (double& deviation : out) {
    deviation -= left;
  }
  return out;
}

struct Resampled {
  double mean = 0;
  double variance = 0;  // of the mean
};

Resampled resample(const std::vector<double>& values, Resampling::Places places) {
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[places.next()];
    sum += value;
    squares += value * value;
  }
  const double mean = sum / n;
  return {mean, std::max(0.0, squares / n - mean * mean) / (n - 1)};
}

double log_ratio(double before, double after) {
  if (before == after) {
    return 0;
  }
  return before == 0 ? kInfinity : after == 0 ? -kInfinity : std::log(after / before);
}

}  // namespace

namespace {

Interval hull(Interval a, Interval b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

// Widens an effect to what a test turned inside out does not reject: `draws`, counted from `from`.
void reach_over(Effect& effect, std::vector<double>& draws, double from, double alpha) {
  const auto inside = [&](double level) {
    const Interval cut = percentile_interval(draws, level);
    return Interval{from + cut.low, from + cut.high};
  };
  effect.p_value = std::max(effect.p_value, two_sided_p(draws, -from));
  effect.confidence = hull(effect.confidence, inside(alpha));
  effect.equivalence = hull(effect.equivalence, inside(2 * alpha));
}

// A value, and whether it came from the side that has more of them.
struct Labelled {
  double value = 0;
  bool of_larger = false;
};

void push_means(std::span<const double> values, std::size_t length, bool of_larger,
                std::vector<Labelled>& out) {
  for (std::size_t at = 0; at + length <= values.size(); at += length) {
    out.push_back({moments_of(values.subspan(at, length)).mean(), of_larger});
  }
}

// The logarithms of the factors at which random relabellings tie with the labels as they are.
// Relabelling swaps some values of one side for as many of the other, and ties where their sums are
// in that ratio; so a factor is rejected at alpha (Fisher 1935, Pitman 1937) where it lies beyond
// alpha / 2 of these, and their percentiles are the exact interval of a factor between equal laws.
// A relabelling that swaps nothing ties with every factor. Of long samples, runs of neighbours are
// relabelled, of one length on both sides: they are as exchangeable as the values are, and the cost
// does not grow with the sample.
std::vector<double> relabelled_factors(std::span<const double> before,
                                       std::span<const double> after, const Resampling& luck) {
  const bool after_larger = before.size() <= after.size();
  const std::span<const double> small = after_larger ? before : after;
  const std::size_t length = run_length(small.size());
  std::vector<Labelled> pool;
  push_means(small, length, false, pool);
  const std::size_t fewer = pool.size();
  push_means(after_larger ? after : before, length, true, pool);
  double total = 0;
  for (std::size_t i = 0; i < fewer; ++i) {
    total += pool[i].value;
  }
  std::vector<double> out;
  out.reserve(2 * std::size_t{luck.count()});
  for (std::uint32_t b = 0; b < luck.count(); ++b) {
    Resampling::Places places = luck.places(b, 2, pool.size());
    double kept = 0;     // of the smaller side
    double swapped = 0;  // of the larger side, in its place
    for (std::size_t i = 0; i < fewer; ++i) {
      std::swap(pool[i], pool[i + places.next_of(pool.size() - i)]);
      (pool[i].of_larger ? swapped : kept) += pool[i].value;
    }
    const double left = total - kept;
    const double slack = total * 1e-12;  // the same values added in another order
    if (left <= slack && swapped <= slack) {
      out.push_back(-kInfinity);
      out.push_back(kInfinity);
    } else if (std::fabs(left - swapped) <= slack) {
      out.push_back(0);
    } else {
      out.push_back(after_larger ? log_ratio(std::max(0.0, left), swapped)
                                 : log_ratio(swapped, std::max(0.0, left)));
    }
  }
  return out;
}

}  // namespace

Effect ratio_of_means(std::span<const double> before, std::span<const double> after,
                      const Resampling& luck, double alpha) {
  REHEARSE_CHECK(before.size() >= 2 && after.size() >= 2);
  const Moments old_moments = moments_of(before);
  const Moments new_moments = moments_of(after);
  REHEARSE_CHECK(old_moments.mean() > 0 && new_moments.mean() > 0);
  const std::vector<double> x = relative_deviations(before, old_moments.mean());
  const std::vector<double> y = relative_deviations(after, new_moments.mean());
  const auto error = std::sqrt(moments_of(x).variance() / static_cast<double>(x.size()) +
                               moments_of(y).variance() / static_cast<double>(y.size()));
  std::vector<double> t;
  t.reserve(luck.count());
  for (std::uint32_t b = 0; b < luck.count(); ++b) {
    const Resampled old_draw = resample(x, luck.places(b, 0, x.size()));
    const Resampled new_draw = resample(y, luck.places(b, 1, y.size()));
    const double old_mean = 1 + old_draw.mean;
    const double new_mean = 1 + new_draw.mean;
    const double deviation = log_ratio(std::max(0.0, old_mean), std::max(0.0, new_mean));
    t.push_back(studentised_draw(deviation, old_draw.variance / (old_mean * old_mean) +
                                                new_draw.variance / (new_mean * new_mean)));
  }
  Effect out = studentised(log_ratio(old_moments.mean(), new_moments.mean()), error, t, alpha);
  if (error > 0) {
    std::vector<double> factors = relabelled_factors(before, after, luck);
    reach_over(out, factors, 0, alpha);
  }
  return out;
}

namespace {

// Pairs as deviations from their means. a: the old value; e: how much further the new one deviates.
// All that the resamples need is sums of a and e, so nothing cancels where the sides are nearly the
// same.
struct PairDeviations {
  std::vector<double> a;
  std::vector<double> e;
};

// (ln ratio of a resample - ln ratio) / its standard error.
double studentised_pairs(const PairDeviations& pairs, Resampling::Places places) {
  const auto n = static_cast<double>(pairs.a.size());
  double sa = 0;
  double se = 0;
  double saa = 0;
  double see = 0;
  double sae = 0;
  for (std::size_t i = 0; i < pairs.a.size(); ++i) {
    const std::size_t at = places.next();
    const double a = pairs.a[at];
    const double e = pairs.e[at];
    sa += a;
    se += e;
    saa += a * a;
    see += e * e;
    sae += a * e;
  }
  const double base = 1 + sa / n;  // the resample's old mean over the old mean
  const double extra = se / n;
  const double var_a = saa / n - (sa / n) * (sa / n);
  const double var_e = see / n - extra * extra;
  const double cov = sae / n - (sa / n) * extra;
  const double scale = base * (base + extra);
  const double deviation = log_ratio(std::max(0.0, base), std::max(0.0, base + extra));
  const double variance =
      (base * base * var_e + extra * extra * var_a - 2 * base * extra * cov) / (scale * scale);
  return studentised_draw(deviation, variance / (n - 1));
}

// ln ratio - ln ratio of all, in a random half of the pairs and in the other half.
void push_halves(const PairDeviations& pairs, Resampling::Places places,
                 std::vector<double>& draws) {
  double base[2] = {0, 0};
  double extra[2] = {0, 0};
  std::uint64_t coins = 0;
  for (std::size_t i = 0; i < pairs.a.size(); ++i) {
    coins = i % 64 == 0 ? places.coins() : coins >> 1;
    base[coins & 1] += 1 + pairs.a[i];
    extra[coins & 1] += pairs.e[i];
  }
  for (unsigned half = 0; half < 2; ++half) {
    draws.push_back(log_ratio(std::max(0.0, base[half]), std::max(0.0, base[half] + extra[half])));
  }
}

}  // namespace

Effect paired_ratio_of_means(std::span<const double> before, std::span<const double> after,
                             const Resampling& luck, double alpha) {
  REHEARSE_CHECK(before.size() >= 2 && before.size() == after.size());
  const double old_mean = moments_of(before).mean();
  const double new_mean = moments_of(after).mean();
  REHEARSE_CHECK(old_mean > 0 && new_mean > 0);
  PairDeviations pairs{relative_deviations(before, old_mean), relative_deviations(after, new_mean)};
  for (std::size_t i = 0; i < pairs.e.size(); ++i) {
    pairs.e[i] -= pairs.a[i];
  }
  const double error =
      std::sqrt(moments_of(pairs.e).variance() / static_cast<double>(pairs.e.size()));
  std::vector<double> t;
  std::vector<double> halves;
  t.reserve(luck.count());
  halves.reserve(2 * std::size_t{luck.count()});
  for (std::uint32_t b = 0; b < luck.count(); ++b) {
    t.push_back(studentised_pairs(pairs, luck.places(b, 0, pairs.a.size())));
    push_halves(pairs, luck.places(b, 1, pairs.a.size()), halves);
  }
  Effect out = studentised(log_ratio(old_mean, new_mean), error, t, alpha);
  if (error == 0) {
    return out;
  }
  reach_over(out, halves, out.estimate, alpha);
  return out;
}

namespace {

Effect from_draws(double estimate, std::vector<double>& draws, double alpha) {
  Effect out;
  out.estimate = estimate;
  out.p_value = two_sided_p(draws, 1);
  const auto logs = [](Interval ratios) {
    return Interval{std::log(ratios.low), std::log(ratios.high)};
  };
  out.confidence = logs(percentile_interval(draws, alpha));
  out.equivalence = logs(percentile_interval(draws, 2 * alpha));
  return out;
}

double ratio(double before, double after) {
  return before == after ? 1 : before == 0 ? kInfinity : after / before;
}

// The correlation between the sides of "this value is at or below its side's quantile". Shrunk
// towards none by two values' worth of doubt, since a far quantile rests on few of them.
double indicator_correlation(const PairedSamples& samples, double before, double after) {
  std::uint64_t low_before = 0;
  std::uint64_t low_after = 0;
  std::uint64_t both = 0;
  for (std::size_t i = 0; i < samples.before.size(); ++i) {
    const bool x = samples.before[i] <= before;
    const bool y = samples.after[i] <= after;
    low_before += x ? 1 : 0;
    low_after += y ? 1 : 0;
    both += x && y ? 1 : 0;
  }
  const auto n = static_cast<double>(samples.before.size());
  const double px = static_cast<double>(low_before) / n;
  const double py = static_cast<double>(low_after) / n;
  const double spread = std::sqrt(px * (1 - px) * py * (1 - py));
  if (spread == 0) {
    return 0;
  }
  const double found = (static_cast<double>(both) / n - px * py) / spread;
  const double rare = n * std::min(px, 1 - px);
  return std::clamp(found, -1.0, 1.0) * rare / (rare + 2);
}

}  // namespace

Effect quantile_ratio(std::span<const double> before, std::span<const double> after, double q,
                      const Resampling& luck, double alpha) {
  REHEARSE_CHECK(!before.empty() && !after.empty());
  const std::shared_ptr<const OrderPlaces> x = luck.order_places(before.size(), q, 0);
  const std::shared_ptr<const OrderPlaces> y = luck.order_places(after.size(), q, 1);
  std::vector<double> draws(luck.count());
  for (std::uint32_t b = 0; b < luck.count(); ++b) {
    draws[b] = ratio(before[(*x)[b]], after[(*y)[b]]);
  }
  return from_draws(log_ratio(*sorted_quantile(before, q), *sorted_quantile(after, q)), draws,
                    alpha);
}

Effect paired_quantile_ratio(const PairedSamples& samples, double q, const Resampling& luck,
                             double alpha) {
  REHEARSE_CHECK(!samples.before.empty() && samples.before.size() == samples.after.size());
  const double old_value = *sorted_quantile(samples.before_ascending, q);
  const double new_value = *sorted_quantile(samples.after_ascending, q);
  const double shared = indicator_correlation(samples, old_value, new_value);
  const double own = std::sqrt(1 - shared * shared);
  const std::shared_ptr<const OrderPlaces> x = luck.order_places(samples.before.size(), q, 0);
  const auto table = luck.order_table(samples.before.size(), q);
  std::vector<double> draws(luck.count());
  for (std::uint32_t b = 0; b < luck.count(); ++b) {
    const double score = shared * luck.normals(0)[b] + own * luck.normals(1)[b];
    draws[b] =
        ratio(samples.before_ascending[(*x)[b]], samples.after_ascending[table->place(score)]);
  }
  return from_draws(log_ratio(old_value, new_value), draws, alpha);
}

}  // namespace rehearse::stats
