#include "harness/cli/mock_mounts.hpp"

#include <algorithm>

#include "harness/cli/world.hpp"
#include "mocks/server/protocol.hpp"

namespace rehearse::cli {

server::Mount make_mount(const scenarios::Scenario& scenario, std::uint32_t provider,
                         std::shared_ptr<const latency::Profile> profile) {
  const scenarios::Provider& spec = scenario.providers[provider];
  server::Mount mount;
  mount.name = spec.name;
  mount.profile = std::move(profile);
  mount.stage_times = stage_times(scenario, provider);
  mount.options = model_options(spec);
  for (const scenarios::Stage& stage : scenario.stages) {
    if (stage.kind != scenarios::StageKind::Call || stage.call.spec.provider != provider) {
      continue;
    }
    server::StageMatch match;
    match.stage = stage.path;
    match.operation = stage.call.spec.operation;
    match.model = stage.call.spec.model.constant;
    if (stage.match) {
      match.operation.clear();  // the rule says how the call looks, whatever it is called here
      match.path = stage.match->path;
      match.model = stage.match->model;
      match.body_contains = stage.match->body_contains;
      match.nth = stage.match->nth;
    }
    if (stage.call.spec.output_tokens && !stage.call.spec.output_tokens->expression) {
      match.output_tokens = stage.call.spec.output_tokens->distribution;
    }
    mount.stages.push_back(std::move(match));
  }
  return mount;
}

namespace {

constexpr std::int64_t kLiveMaxTokens = 4096;  // that no model of Anthropic refuses

net::Flavour flavour_of(const latency::Profile& profile) {
  switch (server::protocol_of(profile)) {
    case server::Protocol::Anthropic:
      return net::Flavour::Anthropic;
    case server::Protocol::Gemini:
      return net::Flavour::Gemini;
    case server::Protocol::Stability:
      return net::Flavour::Stability;
    default:
      return net::Flavour::OpenAi;
  }
}

}  // namespace

std::vector<net::EndpointSpec> endpoints_of(const latency::Profile& profile, bool live) {
  const net::Flavour flavour = flavour_of(profile);
  std::vector<net::EndpointSpec> out;
  for (const latency::Entry& entry : profile.entries) {
    const bool known = std::any_of(out.begin(), out.end(), [&](const net::EndpointSpec& e) {
      return e.operation == entry.operation;
    });
    if (known) {
      continue;
    }
    net::EndpointSpec endpoint;
    endpoint.operation = entry.operation;
    if (entry.kind == latency::Kind::Generic) {
      endpoint.flavour = net::Flavour::Generic;
    } else if (profile.name == "ollama" && entry.kind == latency::Kind::Chat) {
      endpoint.flavour = net::Flavour::Ollama;
    } else if (flavour != net::Flavour::OpenAi) {
      endpoint.flavour = flavour;
      const latency::Entry* standard = profile.find(entry.operation, "");
      endpoint.default_model = standard == nullptr ? entry.model : standard->model;
      endpoint.default_max_tokens = live && flavour == net::Flavour::Anthropic ? kLiveMaxTokens : 0;
    } else {
      endpoint.flavour = net::Flavour::OpenAi;
      endpoint.path = (live ? "" : "/v1") + net::path_of(endpoint);
    }
    out.push_back(std::move(endpoint));
  }
  return out;
}

}  // namespace rehearse::cli
