#include "harness/cli/real_world.hpp"

#include <algorithm>
#include <cstdlib>

#include "harness/base/text.hpp"
#include "harness/cli/mock_mounts.hpp"
#include "harness/cli/provider_variables.hpp"
#include "harness/net/asio_runtime.hpp"
#include "harness/net/http_client.hpp"
#include "harness/net/http_provider.hpp"
#include "harness/net/url.hpp"
#include "mocks/server/mock_server.hpp"

namespace rehearse::cli {
namespace {

using Profiles = std::vector<std::shared_ptr<const latency::Profile>>;

struct LiveAddress {
  std::string base_url;
  net::Secret key;
};

// What is known of an API: where it is, what its own SDK calls its address and its keys.
struct KnownApi {
  std::string_view profile;
  const char* base_url;
  const char* url_variable;
  std::vector<const char*> key_variables;  // none: it takes no key
};

const KnownApi* known_api(std::string_view profile) {
  static const std::vector<KnownApi> kKnown = {
      {"openai", "https://api.openai.com/v1", "OPENAI_BASE_URL", {"OPENAI_API_KEY"}},
      {"ollama", "http://127.0.0.1:11434", "OLLAMA_BASE_URL", {}},
      {"anthropic", "https://api.anthropic.com", "ANTHROPIC_BASE_URL", {"ANTHROPIC_API_KEY"}},
      {"gemini",
       "https://generativelanguage.googleapis.com",
       "GOOGLE_GEMINI_BASE_URL",
       {"GEMINI_API_KEY", "GOOGLE_API_KEY"}},
      {"stability", "https://api.stability.ai", "STABILITY_BASE_URL", {"STABILITY_API_KEY"}}};
  const auto it = std::find_if(kKnown.begin(), kKnown.end(),
                               [profile](const KnownApi& api) { return api.profile == profile; });
  return it == kKnown.end() ? nullptr : &*it;
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

// A live provider's address and key, from the environment alone; all that is missing there. NAME_…
// of the provider's own name comes first. A key of the API's own name goes to the API's own address
// only, never to one that was set for this provider.
Result<LiveAddress> live_address(const scenarios::Provider& provider) {
  LiveAddress out;
  Errors errors;
  const std::string where = "provider \"" + provider.name + "\"";
  const KnownApi* api = known_api(provider.profile);
  const std::string url_name = variable_name(provider.name, "_BASE_URL");
  const bool own_url = is_set(url_name.c_str());
  if (own_url) {
    out.base_url = std::getenv(url_name.c_str());
  } else if (api != nullptr) {
    out.base_url = is_set(api->url_variable) ? std::getenv(api->url_variable) : api->base_url;
  } else {
    errors.push_back({where, "is live: set " + url_name + " to its base URL"});
  }
  std::string key_name = variable_name(provider.name, "_API_KEY");
  if (std::getenv(key_name.c_str()) == nullptr && api != nullptr &&
      (!own_url || url_name == api->url_variable || provider.name == provider.profile)) {
    for (auto it = api->key_variables.rbegin(); it != api->key_variables.rend(); ++it) {
      key_name = std::getenv(*it) != nullptr ? *it : key_name;
    }
  }
  const bool needs_key = api != nullptr && !api->key_variables.empty();
  if (std::getenv(key_name.c_str()) != nullptr || needs_key) {
    Result<net::Secret> secret = net::Secret::from_environment(key_name.c_str());
    if (secret) {
      out.key = std::move(secret).value();
    } else {
      errors.push_back({where, secret.error().text()});
    }
  }
  return errors.empty() ? Result(std::move(out)) : Result<LiveAddress>(std::move(errors));
}

class HttpWorld final : public RealWorld {
 public:
  HttpWorld(double speed, bool any_live) : runtime_(speed) {
    net::ClientOptions options;
    options.connect.allow_remote = any_live;
    if (const char* file = std::getenv("SSL_CERT_FILE"); file != nullptr && *file != '\0') {
      options.connect.extra_ca_file = file;
    }
    client_ = std::make_unique<net::HttpClient>(runtime_, options);
  }

  Status start_server(const scenarios::Scenario& scenario, const Profiles& profiles,
                      const WorldOptions& options,
                      std::function<void(const server::CallRecord&)> sink) {
    server::MockServer::Options server_options;
    server_options.speed = options.speed;
    server_options.seed = options.seed;
    server_options.pace_ceiling = options.pace_ceiling.value_or(server_options.pace_ceiling);
    server_options.sink = std::move(sink);
    for (std::uint32_t i = 0; i < scenario.providers.size(); ++i) {
      if (!scenario.providers[i].only_base &&
          options.against.of(scenario.providers[i].name) == WorldKind::Mock) {
        server_options.mounts.push_back(make_mount(scenario, i, profiles[i]));
        server_options.mounts.back().options.limits_used =
            latency::starts_of(options.limits_used, i);
      }
    }
    if (server_options.mounts.empty()) {
      return Done{};
    }
    Result<std::unique_ptr<server::MockServer>> started =
        server::MockServer::start(std::move(server_options));
    if (!started) {
      return started.errors();
    }
    server_ = std::move(started).value();
    return Done{};
  }

  Status add_provider(const scenarios::Provider& spec,
                      std::shared_ptr<const latency::Profile> profile, WorldKind kind) {
    models_.push_back(std::make_unique<latency::ProviderModel>(
        profile, std::vector<latency::StageTime>{}, model_options(spec)));
    const latency::ProviderModel* model = models_.back().get();
    net::HttpProviderOptions options;
    options.live = kind == WorldKind::Live && !spec.only_base;
    if (options.live) {
      Result<LiveAddress> address = live_address(spec);
      if (!address) {
        return address.errors();
      }
      options.base_url = address->base_url;
      options.key = address->key;
    } else {
      // Nobody calls a provider that only the base has: it is asked for its typical time alone.
      options.base_url = spec.only_base ? "http://127.0.0.1" : server_->url(spec.name);
      options.rtt = spec.rtt.distribution;
      options.typical = [model](const CallFeatures& f) { return model->typical(f); };
      options.typical_of = [model](const CallFeatures& f, const DrawKey& key) {
        return model->typical_of(f, key);
      };
    }
    options.endpoints = endpoints_of(*profile, options.live && spec.profile != "ollama");
    options.price = [profile](const CallFeatures& f, const rehearse::Usage& usage) {
      const latency::Entry* entry = profile->find(f.operation, f.model);
      return entry == nullptr ? Money()
                              : entry->rates.cost(usage, f.size.empty() ? entry->size : f.size,
                                                  f.quality.empty() ? entry->quality : f.quality);
    };
    urls_.push_back(options.live || spec.only_base ? options.base_url : "");
    names_.push_back(spec.name);
    Result<std::unique_ptr<net::HttpProvider>> provider =
        net::HttpProvider::make(runtime_, *client_, std::move(options));
    if (!provider) {
      return provider.errors();
    }
    providers_.push_back(std::move(provider).value());
    return Done{};
  }

  runtime::Runtime& runtime() override { return runtime_; }
  net::AsioRuntime& asio() override { return runtime_; }
  server::MockServer* server() override { return server_.get(); }
  std::string url(std::size_t provider, std::uint64_t job) const override {
    return urls_[provider].empty() ? server_->url(names_[provider], job) : urls_[provider];
  }
  void describe_end(record::RunEnd& end) override {
    if (server_ == nullptr) {
      return;
    }
    server::Pace pace = server_->stats().pace;
    if (!pace.valid()) {
      end.invalid_reasons.push_back(pace.trouble());
    }
    end.mock_pace = {std::move(pace.chunks), std::move(pace.answers), pace.ceiling};
  }
  std::vector<provider::Provider*> providers() override {
    std::vector<provider::Provider*> out;
    for (const auto& provider : providers_) {
      out.push_back(provider.get());
    }
    return out;
  }
  std::vector<std::vector<latency::LimitUse>> limit_uses() override {
    server::Stats stats = server_ == nullptr ? server::Stats{} : server_->stats();
    std::vector<std::vector<latency::LimitUse>> out;
    for (const std::string& name : names_) {
      out.push_back(std::move(stats.limits[name]));
    }
    return out;
  }

 private:
  net::AsioRuntime runtime_;
  std::unique_ptr<server::MockServer> server_;
  std::unique_ptr<net::HttpClient> client_;
  std::vector<std::unique_ptr<latency::ProviderModel>> models_;
  std::vector<std::unique_ptr<net::HttpProvider>> providers_;
  std::vector<std::string> urls_;
  std::vector<std::string> names_;
};

}  // namespace

Status check_live(const scenarios::Scenario& scenario, const Against& against) {
  Errors errors;
  for (const scenarios::Provider& provider : scenario.providers) {
    if (provider.only_base || against.of(provider.name) != WorldKind::Live) {
      continue;
    }
    const Result<LiveAddress> address = live_address(provider);
    if (!address) {
      errors.insert(errors.end(), address.errors().begin(), address.errors().end());
      continue;
    }
    if (const auto url = net::parse_url(address->base_url); !url) {
      errors.push_back({"provider \"" + provider.name + "\"", url.error().text()});
    }
  }
  return errors.empty() ? Status(Done{}) : Status(std::move(errors));
}

Result<std::unique_ptr<RealWorld>> RealWorld::make(
    const scenarios::Scenario& scenario, const Profiles& profiles, const WorldOptions& options,
    std::function<void(const server::CallRecord&)> sink) {
  auto world = std::make_unique<HttpWorld>(options.speed, options.against.any_live());
  const Status server = world->start_server(scenario, profiles, options, std::move(sink));
  if (!server) {
    return server.errors();
  }
  for (std::size_t i = 0; i < scenario.providers.size(); ++i) {
    const scenarios::Provider& spec = scenario.providers[i];
    const Status added = world->add_provider(spec, profiles[i], options.against.of(spec.name));
    if (!added) {
      return added.errors();
    }
  }
  return std::unique_ptr<RealWorld>(std::move(world));
}

}  // namespace rehearse::cli
