#include "harness/net/secret.hpp"

#include <cstdlib>

#include "harness/wire/http_message.hpp"

namespace rehearse::net {

Result<Secret> Secret::from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  const std::string_view text = value == nullptr ? std::string_view() : wire::trimmed(value);
  if (text.empty()) {
    return Error{variable, "expected a key in this environment variable, found nothing"};
  }
  for (const char c : text) {
    if (c <= ' ' || c == 0x7f) {
      return Error{variable,
                   "the key in this environment variable holds blanks, control or "
                   "non-ASCII characters"};
    }
  }
  return Secret(std::string(text));
}

std::string Secret::redact(std::string text) const {
  if (text_.empty()) {
    return text;
  }
  for (std::size_t at = text.find(text_); at != std::string::npos; at = text.find(text_, at)) {
    text.replace(at, text_.size(), "[key]");
    at += 5;
  }
  return text;
}

}  // namespace rehearse::net
