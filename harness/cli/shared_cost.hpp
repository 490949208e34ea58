#pragma once

#include <optional>

#include "harness/cli/run_point.hpp"

namespace rehearse::cli {

// The --max-cost of a command with several runs. Those in real time go one after the other and
// share it, but for jobs that are under way when it ends; virtual ones cost nothing, and each may
// come to all of it.
class SharedCost {
 public:
  explicit SharedCost(const RunSetup& first)
      : most_(first.world.against.is_sim() ? std::nullopt : first.max_cost) {}

  bool used_up() const { return most_ && spent_ >= *most_; }
  Money spent() const { return spent_; }

  // The setup of the next run, with what is left for it.
  RunSetup lend_to(RunSetup setup) const {
    if (most_) {
      setup.max_cost = *most_ - spent_;
    }
    return setup;
  }

  void take_back(const PointResult& ran) {
    spent_ += Money::nano_usd(static_cast<std::int64_t>(ran.point.tally.cost_nano_usd));
  }

 private:
  std::optional<Money> most_;
  Money spent_;
};

}  // namespace rehearse::cli
