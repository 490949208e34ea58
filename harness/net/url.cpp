#include "harness/net/url.hpp"

#include <algorithm>
#include <charconv>

#include "harness/base/text.hpp"

namespace rehearse::net {
namespace {

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
  return text.size() >= scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

bool host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

Error wrong(std::string_view text, std::string_view what) {
  // What stands before an @ may be a password.
  const std::size_t at = text.rfind('@');
  const std::string_view shown = at == std::string_view::npos ? text : text.substr(at + 1);
  return {quoted_excerpt(shown),
          "expected a URL like https://host:port/path: " + std::string(what)};
}

bool split_host(std::string_view authority, Origin& origin, std::string_view& port) {
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) {
      return false;
    }
    origin.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
    return !origin.host.empty() &&
           origin.host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
  }
  origin.host = authority.substr(0, authority.find(':'));
  port = authority.substr(origin.host.size());
  return !origin.host.empty() &&
         std::all_of(origin.host.begin(), origin.host.end(), host_character);
}

}  // namespace

std::string Origin::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string out = v6 ? "[" + host + "]" : host;
  if (port != (tls ? 443 : 80)) {
    out += ":" + std::to_string(port);
  }
  return out;
}

Result<Url> parse_url(std::string_view text) {
  Url url;
  url.origin.tls = starts_with_scheme(text, "https://");
  if (!url.origin.tls && !starts_with_scheme(text, "http://")) {
    return wrong(text, "it must start with http:// or https://");
  }
  url.origin.port = url.origin.tls ? 443 : 80;
  std::string_view rest = text.substr(text.find("://") + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  rest.remove_prefix(authority.size());
  if (authority.find('@') != std::string_view::npos) {
    return wrong(text, "names and passwords do not belong into it");
  }
  std::string_view port;
  if (!split_host(authority, url.origin, port)) {
    return wrong(text, "its host is malformed");
  }
  if (!port.empty()) {
    const char* end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data() + 1, end, url.origin.port);
    if (port.front() != ':' || error != std::errc() || stop != end || url.origin.port == 0) {
      return wrong(text, "its port is malformed");
    }
  }
  const auto bad = [](char c) { return c <= ' ' || c == '#' || c == 0x7f; };
  if (std::any_of(rest.begin(), rest.end(), bad)) {
    return wrong(text, "its path holds a blank, a control character or a fragment");
  }
  url.path = rest;
  while (url.path.ends_with('/')) {
    url.path.pop_back();
  }
  return url;
}

}  // namespace rehearse::net
