#pragma once

#include <functional>
#include <string>

#include "harness/json/value.hpp"
#include "harness/net/http_client.hpp"
#include "harness/provider/outcome.hpp"
#include "scenarios/model.hpp"

namespace rehearse::cli {

// The request that runs one job of an app with a URL; `fill` puts the job's values into a text.
// Errors: a URL that cannot be read.
Result<net::ClientRequest> app_request(const scenarios::App& app,
                                       const std::function<std::string(const std::string&)>& fill);

// Sends it; a success is any 2xx. The first byte of the body is the first content.
runtime::Task<provider::Outcome> run_request(net::AsioRuntime& runtime, net::HttpClient& client,
                                             const net::ClientRequest& request,
                                             runtime::StopToken stop);

}  // namespace rehearse::cli
