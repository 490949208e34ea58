#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/call_features.hpp"
#include "harness/base/rng.hpp"
#include "scenarios/model.hpp"

namespace rehearse::engine {

// What a stage's calls ask for, as far as it is the same for every job: made once a run, so that a
// call draws what is left open and copies the rest.
struct CallPlan {
  // A count that is drawn, or computed from the job's inputs.
  struct Varying {
    const scenarios::Amount* amount = nullptr;
    std::int64_t CallFeatures::* field = nullptr;
    Dimension dimension = Dimension::Content;
    std::int64_t least = 0;
    double units = 1;  // of the field in one of the amount
  };

  CallFeatures features;
  std::vector<Varying> varying;
  bool texts_vary = false;  // model, size or quality hang on the job
};

// `spec` outlives the plan.
CallPlan plan_call(const scenarios::CallSpec& spec);

// A whole number of something, from an amount that is never negative; halves are rounded up.
inline std::int64_t whole(double value) {
  const double bounded = value < 9e15 ? value : 9e15;
  const auto below = static_cast<std::int64_t>(bounded);
  return bounded - static_cast<double>(below) >= 0.5 ? below + 1 : below;
}

}  // namespace rehearse::engine
