#pragma once

#include <string>

#include "harness/base/result.hpp"
#include "harness/net/endpoint_spec.hpp"
#include "harness/provider/provider.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::net {

// Whether calls go in the words of Anthropic, Gemini or Stability.
bool is_native(Codec codec);

// encode_call() of such an endpoint. Errors: a size or a body that cannot be sent.
Result<wire::Request> encode_native(const EndpointSpec& endpoint, const provider::Call& call,
                                    const std::string& base_path);

}  // namespace rehearse::net
