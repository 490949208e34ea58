#include "harness/stats/verdict.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::stats {
namespace {

// Standard errors in half a 95% interval, and what they must be for a decision in 4 of 5 cases: 80%
// power of a 5% test, or of the equivalence test (both tails where the estimate is near 0).
constexpr double kHalfWidth = 1.96;
constexpr double kToDetect = 1.96 + 0.842;
constexpr double kToEquate = 1.645 + 1.282;

std::uint64_t more_samples(const Effect& effect, const JudgeOptions& options) {
  const double estimate = std::fabs(effect.estimate);
  const double error = effect.confidence.half_width() / kHalfWidth;
  if (!std::isfinite(error) || !std::isfinite(estimate)) {
    return std::max<std::uint64_t>(options.samples, 1);  // no idea yet: as many again
  }
  const double detectable = estimate >= options.tolerance / 2 ? estimate / kToDetect : 0;
  const double wanted =
      std::max(detectable, std::max(0.0, options.tolerance - estimate) / kToEquate);
  const double factor = (error / wanted) * (error / wanted) - 1;
  const double more = std::ceil(static_cast<double>(options.samples) * factor);
  return more >= static_cast<double>(kMostSamples) || !(wanted > 0)
             ? kMostSamples
             : static_cast<std::uint64_t>(std::max(1.0, more));
}

}  // namespace

std::string_view verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::Improved:
      return "improved";
    case Verdict::Regressed:
      return "regressed";
    case Verdict::Same:
      return "same";
    case Verdict::Inconclusive:
      break;
  }
  return "inconclusive";
}

double log_tolerance(double tolerance) { return std::log1p(std::max(0.0, tolerance)); }

Judgement judge(const Effect& effect, const JudgeOptions& options) {
  const double tolerance = options.tolerance;
  const Interval& inner = effect.equivalence;
  const Interval& outer = effect.confidence;
  if ((inner.low > -tolerance && inner.high < tolerance) ||
      (effect.estimate == 0 && outer == Interval{0, 0})) {
    return {Verdict::Same, false, 0};
  }
  const bool excludes_none = outer.low > 0 || outer.high < 0;
  if (excludes_none && std::fabs(effect.estimate) >= tolerance / 2) {
    const bool lower = effect.estimate < 0;
    const bool good = lower == (options.better == Better::Lower);
    return {good ? Verdict::Improved : Verdict::Regressed,
            outer.low > tolerance || outer.high < -tolerance, 0};
  }
  return {Verdict::Inconclusive, false, more_samples(effect, options)};
}

}  // namespace rehearse::stats
