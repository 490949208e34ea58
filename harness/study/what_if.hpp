#pragma once

#include <cstdint>
#include <string>

#include "harness/base/result.hpp"
#include "harness/record/what_if.hpp"
#include "harness/study/player.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

struct WhatIfOptions {
  std::uint64_t jobs = 1'000;  // of a coalition
  std::uint64_t seed = 1;
  std::string workload;            // empty: the first
  std::size_t exact_players = 12;  // more: Shapley shares from sampled orders
  std::size_t orders = 200;        // that are sampled then
  bool speed_ups = true;
};

// What every variant is worth: alone, added last, and its Shapley share in all of them together;
// how pairs interact; and what a faster stage, provider or resource would bring. All with the same
// luck.
Result<record::WhatIf> what_if(const scenarios::ScenarioFile& file, const Player& player,
                               const WhatIfOptions& options);

}  // namespace rehearse::study
