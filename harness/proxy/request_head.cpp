#include "harness/proxy/request_head.hpp"

#include <algorithm>

namespace rehearse::proxy {
namespace {

constexpr std::size_t kShortestSecret = 6;
constexpr std::string_view kSecretWords[] = {"auth",   "key",    "token",
                                             "secret", "cookie", "password"};

bool names_secret(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::any_of(std::begin(kSecretWords), std::end(kSecretWords),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

void add_secret(std::vector<std::string>& out, std::string_view text) {
  if (text.size() >= kShortestSecret) {
    out.emplace_back(text);
  }
}

void add_query_secrets(std::vector<std::string>& out, std::string_view target) {
  std::size_t at = target.find('?');
  while (at != std::string_view::npos && at < target.size()) {
    const std::size_t end = std::min(target.find('&', at + 1), target.size());
    const std::string_view pair = target.substr(at + 1, end - at - 1);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && names_secret(pair.substr(0, equals))) {
      add_secret(out, pair.substr(equals + 1));
      add_secret(out, wire::percent_decode(pair.substr(equals + 1)));
    }
    at = end;
  }
}

}  // namespace

std::string head_for(const net::Origin& origin, const MessageHead& head) {
  std::string out =
      head.method + " " + head.target + (head.version == 10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  out += "Host: " + origin.authority() + "\r\n";
  for (const wire::Header header : head.headers) {
    if (wire::equal_without_case(header.name, "host")) {
      continue;
    }
    const bool encoding = wire::equal_without_case(header.name, "accept-encoding");
    out.append(header.name).append(": ");
    out.append(encoding ? std::string_view("identity") : header.value).append("\r\n");
  }
  return out + "\r\n";
}

std::vector<std::string> secrets_of(const MessageHead& head) {
  std::vector<std::string> out;
  for (const wire::Header header : head.headers) {
    if (!names_secret(header.name)) {
      continue;
    }
    const std::string_view value = header.value;
    add_secret(out, value);
    const std::size_t space = value.find(' ');  // "Bearer KEY"
    if (space != std::string_view::npos) {
      add_secret(out, wire::trimmed(value.substr(space)));
    }
  }
  add_query_secrets(out, head.target);
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return out;
}

std::string without_secrets(std::string text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    std::size_t at = text.find(secret);
    while (at != std::string::npos) {
      text.replace(at, secret.size(), "[key]");
      at = text.find(secret, at + 5);
    }
  }
  return text;
}

bool is_kept_header(std::string_view name) {
  constexpr std::string_view kNames[] = {"retry-after",  "retry-after-ms", "x-should-retry",
                                         "x-request-id", "request-id",     "openai-processing-ms"};
  const auto begins = [name](std::string_view prefix) {
    return wire::equal_without_case(name.substr(0, prefix.size()), prefix);
  };
  return begins("x-ratelimit-") || begins("anthropic-ratelimit-") || begins("ratelimit") ||
         std::any_of(std::begin(kNames), std::end(kNames), [name](std::string_view kept) {
           return wire::equal_without_case(name, kept);
         });
}

}  // namespace rehearse::proxy
