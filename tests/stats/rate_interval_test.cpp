#include "harness/stats/rate_interval.hpp"

#include <catch2/catch.hpp>

#include "harness/base/rng.hpp"

namespace rehearse::stats {
namespace {

TEST_CASE("Wilson's interval gives Newcombe's published examples") {
  // Newcombe, Statistics in Medicine 1998, 857-872, table I, method 3.
  const Interval a = wilson_interval({81, 263});
  CHECK(a.low == Approx(0.2553).margin(5e-5));
  CHECK(a.high == Approx(0.3662).margin(5e-5));
  const Interval none = wilson_interval({0, 20});
  CHECK(none.low == 0);
  CHECK(none.high == Approx(0.1611).margin(5e-5));
  CHECK(wilson_interval({20, 20}).high == 1);
  CHECK(wilson_interval({0, 0}) == Interval{0, 1});
}

TEST_CASE("differences of rates give Newcombe's published examples") {
  // Newcombe, Statistics in Medicine 1998, 873-890, table II, (a) 56/70 - 48/80 and (b) 9/10 -
  // 3/10.
  const Interval score = newcombe_difference({48, 80}, {56, 70});
  CHECK(score.low == Approx(0.0524).margin(5e-5));
  CHECK(score.high == Approx(0.3339).margin(5e-5));
  const Interval small = newcombe_difference({3, 10}, {9, 10});
  CHECK(small.low == Approx(0.1705).margin(5e-5));
  CHECK(small.high == Approx(0.8090).margin(5e-5));
  const Interval mn = miettinen_nurminen_difference({48, 80}, {56, 70});
  CHECK(mn.low == Approx(0.0528).margin(5e-5));
  CHECK(mn.high == Approx(0.3382).margin(5e-5));
  const Interval mn_small = miettinen_nurminen_difference({3, 10}, {9, 10});
  CHECK(mn_small.low == Approx(0.1700).margin(5e-5));
  CHECK(mn_small.high == Approx(0.8406).margin(5e-5));
}

TEST_CASE("swapping the sides mirrors the interval, and the extremes stay in range") {
  for (const Rate a : {Rate{0, 50}, Rate{3, 50}, Rate{50, 50}, Rate{1, 1}, Rate{7, 100'000}}) {
    for (const Rate b : {Rate{0, 20}, Rate{20, 20}, Rate{4, 30}, Rate{0, 1}}) {
      const Interval there = miettinen_nurminen_difference(a, b);
      const Interval back = miettinen_nurminen_difference(b, a);
      INFO(a.hits << "/" << a.trials << " " << b.hits << "/" << b.trials);
      CHECK(there.low == Approx(-back.high).margin(1e-7));
      CHECK(there.high == Approx(-back.low).margin(1e-7));
      CHECK(there.contains(b.value() - a.value()));
      CHECK(there.low >= -1);
      CHECK(there.high <= 1);
    }
  }
}

TEST_CASE("Fisher's tea tasting has p = 0.4857") {
  // Fisher, The Design of Experiments, 1935: 3 of 4 cups right; two-sided 34/70.
  CHECK(fisher_p({3, 4}, {1, 4}) == Approx(34.0 / 70).epsilon(1e-9));
  CHECK(fisher_p({0, 10}, {0, 10}) == 1);
  CHECK(fisher_p({0, 0}, {3, 10}) == 1);
  CHECK(fisher_p({5, 5}, {7, 7}) == 1);
  CHECK(fisher_p({0, 1000}, {30, 1000}) < 1e-8);
  CHECK(score_p({5, 100}, {5, 100}) == Approx(1));
}

TEST_CASE("Miettinen-Nurminen intervals cover rare error rates") {
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    Rate before{0, 400};
    Rate after{0, 400};
    for (std::uint64_t i = 0; i < 400; ++i) {
      const DrawKey key{.seed = seed, .job = i};
      before.hits += key.uniform(Dimension::Fault, 0) < 0.01 ? 1u : 0u;
      after.hits += key.uniform(Dimension::Fault, 1) < 0.03 ? 1u : 0u;
    }
    covered += miettinen_nurminen_difference(before, after).contains(0.02) ? 1 : 0;
  }
  CHECK(covered >= 930);
  CHECK(covered <= 980);
}

}  // namespace
}  // namespace rehearse::stats
