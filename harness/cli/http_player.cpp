#include "harness/cli/http_player.hpp"

#include <algorithm>

#include "harness/cli/interrupt.hpp"
#include "harness/cli/real_world.hpp"

namespace rehearse::cli {

void HttpPlayer::begin(double speed, const std::string& what, std::uint64_t jobs) {
  const std::lock_guard lock(mutex_);
  world_.speed = speed;
  together_ = {};
  together_.expected = jobs;
  line_ = std::make_unique<ProgressLine>(console_, what, wall_clock());
}

// Adds what one play has come to since it was last asked.
engine::Command HttpPlayer::tick(const engine::Progress& now, engine::Progress& before) const {
  const std::lock_guard lock(mutex_);
  together_.ended += now.ended - before.ended;
  together_.failed += now.failed - before.failed;
  together_.in_flight += now.in_flight;
  together_.in_flight -= before.in_flight;
  together_.now = now.now;
  before = now;
  if (interrupted()) {
    line_.reset();
    return engine::Command::StopAll;
  }
  if (line_) {
    line_->update(together_, std::nullopt, wall_clock());
  }
  return engine::Command::GoOn;
}

Result<engine::RunOutcome> HttpPlayer::play(const scenarios::Scenario& scenario,
                                            const engine::Options& options,
                                            engine::JobSink& sink) const {
  study::Watch unchanged;
  return play_watched(scenario, options, sink, unchanged);
}

Result<engine::RunOutcome> HttpPlayer::play_watched(const scenarios::Scenario& scenario,
                                                    const engine::Options& options,
                                                    engine::JobSink& sink,
                                                    study::Watch& watch) const {
  const auto profiles = sim_.changed_profiles(scenario, watch.changes);
  if (!profiles) {
    return profiles.errors();
  }
  WorldOptions how = world_;
  how.seed = options.seed;
  how.limits_used = watch.limits_used;
  const auto world = RealWorld::make(scenario, *profiles, how, {});
  if (!world) {
    return world.errors();
  }
  engine::Options watched = options;
  engine::Progress before;
  watched.on_tick = [&](const engine::Progress& now) { return tick(now, before); };
  engine::RunOutcome outcome =
      engine::run((*world)->runtime(), scenario, (*world)->providers(), sink, watched);
  engine::Progress end = before;
  end.ended = std::max(before.ended, outcome.end.issued);
  end.in_flight = 0;
  tick(end, before);
  (*world)->describe_end(outcome.end);
  watch.uses = (*world)->limit_uses();
  return within_time(std::move(outcome), scenario);
}

}  // namespace rehearse::cli
