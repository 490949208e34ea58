#pragma once

#include <vector>

#include "harness/base/result.hpp"
#include "harness/record/what_if.hpp"
#include "harness/study/coalition.hpp"
#include "harness/study/player.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

// Virtual speed-up (Coz: Curtsinger and Berger 2015, here exact since time is virtual): each stage
// that does work of its own, and each provider, made 0 … 100% faster in 5% steps; each resource
// with 1, 1.25, 1.5, 2, 4 and 8 times as many slots, each connection pool and the limits of each
// provider likewise. Largest gain first.
Result<std::vector<record::SpeedUp>> speed_ups(const scenarios::ScenarioFile& file,
                                               const Player& player,
                                               const CoalitionOptions& options);

// The first step of a curve that leaves less than a twentieth of its whole gain. Noise in single
// steps does not make a knee.
double knee_of(const std::vector<double>& steps, const std::vector<double>& saved);

}  // namespace rehearse::study
