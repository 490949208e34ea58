#pragma once

#include <cstdint>
#include <string_view>

#include "harness/stats/effect.hpp"

namespace rehearse::stats {

enum class Verdict { Improved, Regressed, Same, Inconclusive };
// "improved", "regressed", "same", "inconclusive".
std::string_view verdict_text(Verdict verdict);

// Which way a metric gets better: time and money fall, throughput rises.
enum class Better { Lower, Higher };

struct Judgement {
  Verdict verdict = Verdict::Inconclusive;
  // Improved or regressed: the whole confidence interval lies past the tolerance.
  bool beyond_tolerance = false;
  // Inconclusive: about how many more samples a side would decide it with a chance of 80%, were the
  // estimate the truth; at most kMostSamples.
  std::uint64_t more_samples = 0;
};
inline constexpr std::uint64_t kMostSamples = 1'000'000'000;

struct JudgeOptions {
  // The width of "same" on either side of none, in the effect's own unit (ratios: log_tolerance()).
  double tolerance = 0.0953;
  Better better = Better::Lower;
  std::uint64_t samples = 0;  // a side, that the effect rests on
};

// A relative tolerance (0.1 for 10%) as a log ratio: ln(1 + tolerance), used both ways, so that a
// comparison and its reverse get mirrored verdicts.
double log_tolerance(double tolerance);

// Same where the equivalence interval lies inside the tolerance (TOST: Schuirmann 1987), even where
// 0 is excluded; else improved or regressed where the confidence interval excludes 0 and the
// estimate is at least half the tolerance; else inconclusive. An effect of exactly 0 with no width
// is Same. Never NaN: an estimate that is not a number is inconclusive.
Judgement judge(const Effect& effect, const JudgeOptions& options);

}  // namespace rehearse::stats
