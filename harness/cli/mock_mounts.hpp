#pragma once

#include <memory>
#include <vector>

#include "harness/net/endpoint_spec.hpp"
#include "mocks/latency/profile.hpp"
#include "mocks/server/mount.hpp"
#include "scenarios/model.hpp"

namespace rehearse::cli {

// How the mock server is to play one provider of a scenario: its profile, the `time`s of its stages
// and how their calls look in app drive.
server::Mount make_mount(const scenarios::Scenario& scenario, std::uint32_t provider,
                         std::shared_ptr<const latency::Profile> profile);

// A profile's operations as a client calls them below a mount, or below the base URL of the real
// thing where `live` (which ends in /v1 where it speaks OpenAI's words).
std::vector<net::EndpointSpec> endpoints_of(const latency::Profile& profile, bool live);

}  // namespace rehearse::cli
