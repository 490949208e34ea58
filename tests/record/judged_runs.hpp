#pragma once

#include <deque>
#include <string>
#include <vector>

#include "harness/base/math.hpp"
#include "harness/base/rng.hpp"
#include "harness/record/comparison.hpp"
#include "tests/record/sample_run.hpp"

// Runs of several seeds in memory, for tests of comparisons and gates.
namespace rehearse::record::sample {

// One kind of run: its image stage takes `image` times what it would, with noise of its own.
struct Kind {
  std::uint64_t jobs = 100;
  double image = 1;
  double noise = 0;         // deviation of a factor on the image stage that each run draws
  std::uint64_t other = 0;  // draws that noise from elsewhere
  bool isolated = false;
};

inline RunPoint seeded_run(std::uint64_t seed, const Kind& kind) {
  RunHeader head = header();
  head.seed = seed;
  head.isolated = kind.isolated;
  const DrawKey key{.seed = seed, .job = kind.other};
  const double drawn = 1 + kind.noise * normal_quantile(key.uniform(Dimension::Content));
  Recorder recorder(head);
  const Status finished =
      recorder.finish(run_into(recorder, {kind.jobs, 0, kind.image * drawn, {}}));
  REHEARSE_CHECK(finished.ok());
  return recorder.take_point();
}

// A side of seeds 1 … n (or from `first`).
class SeededSide {
 public:
  SeededSide(std::uint64_t seeds, const Kind& kind, std::uint64_t first = 1) {
    for (std::uint64_t i = 0; i < seeds; ++i) {
      points_.push_back(seeded_run(first + i, kind));
    }
  }
  ComparisonSide side() const {
    ComparisonSide out{points_.front(), {}, {}, {}};
    for (const RunPoint& point : points_) {
      out.seeds.push_back(&point);
    }
    return out;
  }
  std::vector<const RunPoint*> points() const { return side().seeds; }
  std::deque<RunPoint>& runs() { return points_; }

 private:
  std::deque<RunPoint> points_;
};

}  // namespace rehearse::record::sample
