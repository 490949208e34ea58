#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"

namespace rehearse::net {

// Where connections go: what is pooled together.
struct Origin {
  bool tls = false;
  std::string host;  // a name or an address, IPv6 without brackets
  std::uint16_t port = 80;
  auto operator<=>(const Origin&) const = default;

  // As the Host header has it: the port only where it is not the scheme's own.
  std::string authority() const;
};

struct Url {
  Origin origin;
  std::string path;  // with the query, without a trailing slash; empty for the root
};

// "https://api.openai.com/v1", "http://127.0.0.1:8080", "http://[::1]:80/x". User names, fragments,
// control characters and other schemes are errors; a password in the text is not repeated in them.
Result<Url> parse_url(std::string_view text);

}  // namespace rehearse::net
