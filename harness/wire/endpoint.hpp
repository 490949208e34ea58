#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::wire {

// A generic service behind HTTP: a database behind REST, a scraper, an upload. Described by data.
struct Endpoint {
  std::string method = "POST";
  std::string path;  // "/rows/{id}": a name in braces matches one segment
  int status = 200;
  std::string content_type = "application/json";
  // The body. ${path.id}, ${query.q} and ${body.a.b} are replaced by what the request holds there
  // (escaped for a JSON string; missing: nothing), ${filler} by text up to the asked size.
  std::string reply = R"({"ok":true,"data":"${filler}"})";
  bool operator==(const Endpoint&) const = default;
};

// The path variables where method and path match (HEAD matches GET), else nothing.
std::optional<std::map<std::string, std::string>> match(const Endpoint& endpoint,
                                                        const Request& request);

// The reply to a request that matches; ${filler} grows it to `bytes` in all, where that is more.
Response render(const Endpoint& endpoint, const Request& request, std::size_t bytes);

// A client's call to such an endpoint: a JSON body padded to `bytes` in all. Path variables are
// filled with "1"; GET, HEAD and DELETE carry no body.
Request encode_endpoint_request(const Endpoint& endpoint, std::size_t bytes);

}  // namespace rehearse::wire
