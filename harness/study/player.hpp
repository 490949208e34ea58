#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/engine/engine.hpp"
#include "harness/record/run_header.hpp"
#include "mocks/latency/limit_use.hpp"
#include "scenarios/model.hpp"

namespace rehearse::study {

// One of a provider's own limits, so many times as large.
struct LimitChange {
  std::uint32_t provider = 0;  // index into Scenario::providers
  latency::LimitPlace place;
  double factor = 1;
};

// What a play changes about the providers, and what it tells of them.
struct Watch {
  std::vector<LimitChange> changes;
  latency::LimitStarts limits_used = {};                  // at the start
  std::vector<std::vector<latency::LimitUse>> uses = {};  // by provider; empty: nobody can look
};

// One scenario, played again and again: what all plays have in common is made once.
class Repeat {
 public:
  virtual ~Repeat() = default;
  // Like Player::play(); from one thread.
  virtual Result<engine::RunOutcome> play(const engine::Options& options,
                                          engine::JobSink& sink) = 0;
};

// Plays scenarios in virtual time for a study: the composition root knows the worlds, a study does
// not. Safe to use from several threads.
class Player {
 public:
  virtual ~Player() = default;
  // Runs the workload once from a cold start; the same arguments give the same jobs.
  virtual Result<engine::RunOutcome> play(const scenarios::Scenario& scenario,
                                          const engine::Options& options,
                                          engine::JobSink& sink) const = 0;
  // For many plays of a scenario, which outlives them and does not change.
  virtual std::unique_ptr<Repeat> repeat(const scenarios::Scenario& scenario) const;
  // The same with other limits, watching what the providers' limits see.
  virtual Result<engine::RunOutcome> play_watched(const scenarios::Scenario& scenario,
                                                  const engine::Options& options,
                                                  engine::JobSink& sink, Watch& watch) const = 0;
  virtual record::RunHeader header(const scenarios::Scenario& scenario,
                                   std::uint64_t seed) const = 0;
};

}  // namespace rehearse::study
