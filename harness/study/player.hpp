#pragma once

#include "harness/base/result.hpp"
#include "harness/engine/engine.hpp"
#include "harness/record/run_header.hpp"
#include "scenarios/model.hpp"

namespace rehearse::study {

// Plays scenarios in virtual time for a study: the composition root knows the worlds, a study does
// not. Safe to use from several threads.
class Player {
 public:
  virtual ~Player() = default;
  // Runs the workload once from a cold start; the same arguments give the same jobs.
  virtual Result<engine::RunOutcome> play(const scenarios::Scenario& scenario,
                                          const engine::Options& options,
                                          engine::JobSink& sink) const = 0;
  virtual record::RunHeader header(const scenarios::Scenario& scenario,
                                   std::uint64_t seed) const = 0;
};

}  // namespace rehearse::study
