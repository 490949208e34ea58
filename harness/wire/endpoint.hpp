#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/endpoint.hpp"
#include "harness/wire/http_message.hpp"

// Services described by data: what matches them, what they answer, how they are called.
namespace rehearse::wire {

using PathValues = std::map<std::string, std::string>;

// True where the path alone matches; `values` (may be nullptr) then has what its variables stand
// for. The query is ignored.
bool match_path(const Endpoint& endpoint, std::string_view target, PathValues* values);
// Whether such a method is meant, too: HEAD matches GET.
bool match_method(const Endpoint& endpoint, std::string_view method);

// What a reply repeats of its request.
struct EndpointCall {
  PathValues path = {};
  std::string target = {};  // with its query
  std::string body = {};    // only looked at where the reply has ${body.…}
  std::string id = {};
};
bool repeats_body(const Endpoint& endpoint);

// The reply; ${filler} grows it to `bytes` in all, where that is more.
Response render(const Endpoint& endpoint, const EndpointCall& call, std::size_t bytes);

// A client's call to such an endpoint: a JSON body padded to `bytes` in all. Path variables are
// filled with "1"; GET, HEAD and DELETE carry no body.
Request encode_endpoint_request(const Endpoint& endpoint, std::size_t bytes);

}  // namespace rehearse::wire
