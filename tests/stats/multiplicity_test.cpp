#include "harness/stats/multiplicity.hpp"

#include <catch2/catch.hpp>

#include "tests/stats/support.hpp"

namespace rehearse::stats {
namespace {

TEST_CASE("adjusted p-values are those of R's p.adjust") {
  // By hand: Holm 4 x .01, 3 x .02, 2 x .03, 1 x .04 made monotone; BH 4/1 x .01, 4/2 x .02, ...
  const std::vector<double> p{0.03, 0.01, 0.04, 0.02};
  const auto h = holm(p);
  CHECK(h[1] == Approx(0.04));
  CHECK(h[3] == Approx(0.06));
  CHECK(h[0] == Approx(0.06));
  CHECK(h[2] == Approx(0.06));
  for (const double adjusted : benjamini_hochberg(p)) {
    CHECK(adjusted == Approx(0.04));
  }
  CHECK(holm({}).empty());
  CHECK(benjamini_hochberg({}).empty());
  CHECK(holm(std::vector<double>{0.7, 0.8})[0] == 1);
}

TEST_CASE("Benjamini and Hochberg's own example finds four of fifteen") {
  // JRSS B 1995, section 3.2: thrombolysis endpoints; Bonferroni-type tests find three.
  const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                              0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
  int by_bh = 0;
  int by_holm = 0;
  for (const double adjusted : benjamini_hochberg(p)) {
    by_bh += adjusted <= 0.05 ? 1 : 0;
  }
  for (const double adjusted : holm(p)) {
    by_holm += adjusted <= 0.05 ? 1 : 0;
  }
  CHECK(by_bh == 4);
  CHECK(by_holm == 3);
}

TEST_CASE("twenty metrics without a change raise an alarm in at most 5% of comparisons") {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    std::vector<double> p;
    for (std::uint64_t i = 0; i < 20; ++i) {
      p.push_back(test::uniform(seed, i));
    }
    const auto h = holm(p);
    alarms += *std::min_element(h.begin(), h.end()) <= 0.05 ? 1 : 0;
  }
  CHECK(alarms <= 120);
  CHECK(alarms >= 60);
}

}  // namespace
}  // namespace rehearse::stats
