#pragma once

#include <memory>
#include <vector>

#include "harness/cli/world.hpp"

namespace rehearse::cli {

// Real time: providers over HTTP, mocks in this process or live ones.
Result<std::unique_ptr<World>> make_real_world(
    const scenarios::Scenario& scenario,
    const std::vector<std::shared_ptr<const latency::Profile>>& profiles,
    const WorldOptions& options);

}  // namespace rehearse::cli
