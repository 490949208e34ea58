#pragma once

#include <mutex>

#include "harness/cli/progress.hpp"
#include "harness/cli/sim_player.hpp"
#include "harness/cli/world.hpp"

namespace rehearse::cli {

// Plays a study's scenarios over HTTP against mocks, several side by side, with one progress line
// for all of them. An interrupt ends every play at once.
class HttpPlayer final : public study::Player {
 public:
  // All of it outlives this; `world` says everything but the seed and the speed.
  HttpPlayer(const SimPlayer& sim, const Console& console, WorldOptions world)
      : sim_(sim), console_(console), world_(std::move(world)) {}

  // What comes next: so many jobs in all of its plays.
  void begin(double speed, const std::string& what, std::uint64_t jobs);

  Result<engine::RunOutcome> play(const scenarios::Scenario& scenario,
                                  const engine::Options& options,
                                  engine::JobSink& sink) const override;
  Result<engine::RunOutcome> play_watched(const scenarios::Scenario& scenario,
                                          const engine::Options& options, engine::JobSink& sink,
                                          study::Watch& watch) const override;
  record::RunHeader header(const scenarios::Scenario& scenario, std::uint64_t seed) const override {
    return sim_.header(scenario, seed);
  }

 private:
  engine::Command tick(const engine::Progress& now, engine::Progress& before) const;

  const SimPlayer& sim_;
  const Console& console_;
  WorldOptions world_;
  mutable std::mutex mutex_;
  mutable engine::Progress together_;  // of all plays since begin()
  mutable std::unique_ptr<ProgressLine> line_;
};

}  // namespace rehearse::cli
