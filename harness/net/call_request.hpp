#pragma once

#include "harness/base/result.hpp"
#include "harness/net/endpoint_spec.hpp"
#include "harness/provider/provider.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::net {

// The request of one call: the stage's own JSON completed by model, limits and stream, or filler of
// the drawn size (4 bytes per token). The target is behind `base_path`. Errors: a size or a body
// that cannot be sent.
Result<wire::Request> encode_call(const EndpointSpec& endpoint, const provider::Call& call,
                                  const std::string& base_path);

// The value of x-rehearse-call for it: amounts that are zero are left out, which means the
// profile's own, as in CallFeatures.
std::string call_header_of(const provider::Call& call, const EndpointSpec& endpoint);

}  // namespace rehearse::net
