#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/distribution.hpp"
#include "harness/net/endpoint_spec.hpp"
#include "harness/net/http_client.hpp"
#include "harness/net/secret.hpp"
#include "harness/provider/provider.hpp"

namespace rehearse::net {

struct HttpProviderOptions {
  std::string base_url;                 // "http://127.0.0.1:8080/v1"
  std::vector<EndpointSpec> endpoints;  // an operation that is missing fails as not_found
  // A real provider: no x-rehearse-call is ever sent, and `key` goes with every request.
  bool live = false;
  Secret key;
  Distribution rtt;  // seconds that the way to a mock is longer than loopback's
  std::function<Money(const CallFeatures&, const Usage&)> price;            // empty: costs nothing
  std::function<Duration(const CallFeatures&)> typical;                     // empty: nobody knows
  std::function<Duration(const CallFeatures&, const DrawKey&)> typical_of;  // empty: as `typical`
};

// A provider behind HTTP: a mock or the real one. Instants are runtime.now() at issue, first
// content and last byte. Outlives its calls.
class HttpProvider final : public provider::Provider {
 public:
  // Errors: a malformed base URL, or a key for a provider that is not live.
  static Result<std::unique_ptr<HttpProvider>> make(AsioRuntime& runtime, HttpClient& client,
                                                    HttpProviderOptions options);

  runtime::Task<provider::Outcome> call(const provider::Call& call,
                                        runtime::StopToken stop) override;
  Duration typical(const CallFeatures& features) const override;
  Duration typical_of(const CallFeatures& features, const DrawKey& key) const override;

 private:
  HttpProvider(AsioRuntime& runtime, HttpClient& client, HttpProviderOptions options, Url base);
  const EndpointSpec* find(std::string_view operation) const;
  Result<ClientRequest> request_of(const EndpointSpec& endpoint, const provider::Call& call) const;

  AsioRuntime& runtime_;
  HttpClient& client_;
  HttpProviderOptions options_;
  Url base_;
};

}  // namespace rehearse::net
