#include "harness/cli/real_world.hpp"

namespace rehearse::cli {

Result<std::unique_ptr<World>> make_real_world(
    const scenarios::Scenario&, const std::vector<std::shared_ptr<const latency::Profile>>&,
    const WorldOptions& options) {
  return Error{"--against " + options.against.text(), "comes with the next commit"};
}

}  // namespace rehearse::cli
