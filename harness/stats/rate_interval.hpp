#pragma once

#include <cstdint>

#include "harness/stats/effect.hpp"

namespace rehearse::stats {

// `hits` (errors, timeouts, refusals) among `trials`; hits <= trials.
struct Rate {
  std::uint64_t hits = 0;
  std::uint64_t trials = 0;

  double value() const {
    return trials == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(trials);
  }
};

// The score interval of one rate (Wilson 1927; Newcombe, Statistics in Medicine 1998, 857-872,
// method 3). No trials: [0, 1].
Interval wilson_interval(Rate rate, double confidence = 0.95);

// after - before by combining both Wilson intervals (Newcombe 1998, 873-890, method 10). A side
// without trials: [-1, 1].
Interval newcombe_difference(Rate before, Rate after, double confidence = 0.95);

// after - before by inverting the score test under the restricted maximum likelihood estimate
// (Miettinen and Nurminen, Statistics in Medicine 1985), with their N/(N-1). The one verdicts use.
Interval miettinen_nurminen_difference(Rate before, Rate after, double confidence = 0.95);

// The two-sided p-value of equal rates by the score test (pooled variance), for large counts.
double score_p(Rate before, Rate after);

// The two-sided p-value of equal rates by Fisher's exact test (tables no likelier than the found
// one); for small counts. O(hits).
double fisher_p(Rate before, Rate after);

}  // namespace rehearse::stats
