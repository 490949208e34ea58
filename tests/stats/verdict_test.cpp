#include "harness/stats/verdict.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace rehearse::stats {
namespace {

// An effect with a normal interval of this standard error.
Effect effect(double estimate, double error) {
  return {estimate,
          {estimate - 1.96 * error, estimate + 1.96 * error},
          {estimate - 1.645 * error, estimate + 1.645 * error},
          0.5};
}
JudgeOptions options(double tolerance = 0.1) { return {tolerance, Better::Lower, 100}; }

TEST_CASE("inside the tolerance is same, even where zero is excluded") {
  CHECK(judge(effect(0, 0.01), options()).verdict == Verdict::Same);
  CHECK(judge(effect(0.03, 0.01), options()).verdict == Verdict::Same);
}

TEST_CASE("a clear change has a direction, which the metric's better side decides") {
  CHECK(judge(effect(0.2, 0.02), options()).verdict == Verdict::Regressed);
  CHECK(judge(effect(-0.2, 0.02), options()).verdict == Verdict::Improved);
  CHECK(judge(effect(0.2, 0.02), {0.1, Better::Higher, 100}).verdict == Verdict::Improved);
  CHECK(judge(effect(0.2, 0.02), options()).beyond_tolerance);
  const Judgement near = judge(effect(0.12, 0.03), options());
  CHECK(near.verdict == Verdict::Regressed);
  CHECK(!near.beyond_tolerance);
}

TEST_CASE("an estimate under half the tolerance is never a change") {
  const Judgement found = judge(effect(0.049, 0.02), {0.05, Better::Lower, 100});
  CHECK(found.verdict == Verdict::Regressed);
  CHECK(judge(effect(0.049, 0.0249), {0.1, Better::Lower, 100}).verdict == Verdict::Same);
  const Effect wide{0.04, {0.001, 0.2}, {0.01, 0.15}, 0.04};
  CHECK(judge(wide, options()).verdict == Verdict::Inconclusive);
}

TEST_CASE("an undecided effect asks for more samples, fewer the nearer it is to a decision") {
  const Judgement far = judge(effect(0.02, 0.2), options());
  const Judgement near = judge(effect(0.02, 0.06), options());
  CHECK(far.verdict == Verdict::Inconclusive);
  CHECK(near.verdict == Verdict::Inconclusive);
  CHECK(far.more_samples > near.more_samples);
  CHECK(near.more_samples >= 1);
}

TEST_CASE("the asked samples suffice for the estimate, were it the truth") {
  for (const double estimate : {0.0, 0.02, 0.07, 0.2, 0.5}) {
    const double error = 0.3;
    const Judgement found = judge(effect(estimate, error), options());
    REQUIRE(found.verdict == Verdict::Inconclusive);
    const double n = 100 + static_cast<double>(found.more_samples);
    const Judgement then = judge(effect(estimate, error * std::sqrt(100 / n)), options());
    INFO("estimate " << estimate << " more " << found.more_samples);
    CHECK(then.verdict != Verdict::Inconclusive);
  }
}

TEST_CASE("unbounded, infinite and NaN effects are judged without NaN") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double nan = std::nan("");
  CHECK(judge(Effect{}, options()).verdict == Verdict::Inconclusive);
  CHECK(judge(Effect{}, options()).more_samples == 100);
  CHECK(judge({0.5, {0.3, kInfinity}, {0.4, kInfinity}, 0.01}, options()).verdict ==
        Verdict::Regressed);
  CHECK(judge({nan, {nan, nan}, {nan, nan}, nan}, options()).verdict == Verdict::Inconclusive);
  CHECK(judge({0, {0, 0}, {0, 0}, 1}, {0, Better::Lower, 0}).verdict == Verdict::Same);
}

TEST_CASE("a comparison and its reverse get mirrored verdicts") {
  for (int i = -40; i <= 40; ++i) {
    for (int j = 0; j < 40; ++j) {
      const Verdict there = judge(effect(i * 0.01, j * 0.004), options()).verdict;
      const Verdict back = judge(effect(-i * 0.01, j * 0.004), options()).verdict;
      const Verdict mirrored = back == Verdict::Improved    ? Verdict::Regressed
                               : back == Verdict::Regressed ? Verdict::Improved
                                                            : back;
      REQUIRE(there == mirrored);
    }
  }
  CHECK(log_tolerance(0.1) == Approx(std::log(1.1)));
}

}  // namespace
}  // namespace rehearse::stats
