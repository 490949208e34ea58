#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::server {

// Where a webhook goes: plain HTTP to this machine only, so that a mock never calls anybody else.
struct WebhookTarget {
  std::string address;  // "127.0.0.1" or "::1"
  std::uint16_t port = 0;
  std::string host;    // as it was written, for the Host header
  std::string target;  // path and query
};
// Errors say what is wanted.
Result<WebhookTarget> parse_webhook(std::string_view url);

// A POST that is signed as Standard Webhooks asks: webhook-id, webhook-timestamp and
// webhook-signature, "v1," and the base64 HMAC-SHA256 of id.timestamp.body under `secret`
// ("whsec_" and base64). `now_s` is in seconds since the epoch.
wire::Request signed_webhook(const WebhookTarget& to, std::string id, std::int64_t now_s,
                             std::string_view secret, std::string body);

// "whsec_" and 24 bytes that follow from the seed.
std::string webhook_secret(std::uint64_t seed);

}  // namespace rehearse::server
