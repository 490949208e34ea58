#pragma once

#include <optional>

#include "harness/base/endpoint.hpp"
#include "harness/json/object_reader.hpp"

namespace rehearse::latency {

// The member "endpoint": method, path, status, content type, headers and reply of a generic
// operation; nothing where it is absent.
std::optional<Endpoint> read_endpoint(json::ObjectReader& reader);

}  // namespace rehearse::latency
