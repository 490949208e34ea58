#pragma once

#include <cstdint>

#include "harness/base/result.hpp"
#include "harness/record/model_check.hpp"
#include "harness/record/run.hpp"
#include "harness/study/player.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

struct ModelCheckOptions {
  double bound = 0.09;
  std::uint64_t jobs = 2'000;  // of a prediction
  std::uint64_t seed = 1;
};

struct CheckedModel {
  record::ModelCheck check;
  scenarios::ScenarioFile fitted;  // the scenario with the recording's times: what a what-if plays
};

// Fits the times of the stages on the first half of a recording's first point, predicts the p50,
// p95 and p99 of its other half and of its further points (another concurrency), as far as the
// sample carries them, and says how far off that is. Errors: a recording of another scenario, of
// variants, or without traces of its jobs.
Result<CheckedModel> check_model(const scenarios::ScenarioFile& file, const Player& player,
                                 const record::Run& recording, const ModelCheckOptions& options);

}  // namespace rehearse::study
