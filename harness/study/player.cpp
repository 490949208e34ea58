#include "harness/study/player.hpp"

namespace rehearse::study {
namespace {

// Has nothing in common but the scenario.
class PlainRepeat final : public Repeat {
 public:
  PlainRepeat(const Player& player, const scenarios::Scenario& scenario)
      : player_(player), scenario_(scenario) {}

  Result<engine::RunOutcome> play(const engine::Options& options, engine::JobSink& sink) override {
    return player_.play(scenario_, options, sink);
  }

 private:
  const Player& player_;
  const scenarios::Scenario& scenario_;
};

}  // namespace

std::unique_ptr<Repeat> Player::repeat(const scenarios::Scenario& scenario) const {
  return std::make_unique<PlainRepeat>(*this, scenario);
}

}  // namespace rehearse::study
