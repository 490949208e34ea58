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

// A profile's operations as a client calls them below a mount (or below a live base URL that ends
// in /v1, where `below_v1`).
std::vector<net::EndpointSpec> endpoints_of(const latency::Profile& profile, bool below_v1);

}  // namespace rehearse::cli
