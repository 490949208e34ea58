#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "mocks/latency/profile.hpp"
#include "scenarios/model.hpp"

namespace rehearse::cli {

// Whether the jobs of a scenario share nothing, so that each is a sample of its own. By the
// scenario and, where that shares nothing, by the profiles of its providers: slow spells, a model
// that is loaded or not, and faults at certain times or calls tie neighbours together. Slots and
// queues do not, as only one job at a time is isolated; rate limits do where they refuse a call,
// which the run tells (record::shares_nothing). Profiles that cannot be read share nothing (who
// runs the scenario reports them). `folder`: of the scenario.
bool is_isolated(const scenarios::Scenario& scenario, const std::filesystem::path& folder);
// By profiles that were read before, in the order of the providers.
bool is_isolated(const scenarios::Scenario& scenario,
                 const std::vector<std::shared_ptr<const latency::Profile>>& profiles);

}  // namespace rehearse::cli
