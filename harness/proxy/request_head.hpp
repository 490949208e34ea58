#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/net/url.hpp"
#include "harness/proxy/message_reader.hpp"

namespace rehearse::proxy {

// A request's head as the provider gets it: its own Host, no compression (what cannot be read
// cannot be counted), all else as the client sent it.
std::string head_for(const net::Origin& origin, const MessageHead& head);

// What in a request must never be kept: the values of its key headers and query parameters.
std::vector<std::string> secrets_of(const MessageHead& head);

// The text with every secret replaced by "[key]".
std::string without_secrets(std::string text, const std::vector<std::string>& secrets);

// Whether an answer's header may be kept: limits, retry advice, request ids.
bool is_kept_header(std::string_view name);

}  // namespace rehearse::proxy
