#pragma once

#include <optional>
#include <string>

#include "harness/base/time.hpp"

namespace rehearse::wire {

// A provider's refusal, in the words of its API. Providers that have no type, param or code leave
// them empty.
struct ApiError {
  int status = 500;
  std::string message;
  std::string type;                  // "invalid_request_error", "tokens", …
  std::optional<std::string> param;  // null on the wire where missing
  std::optional<std::string> code;
  std::string request_id = {};                         // where the body repeats it (Anthropic)
  std::optional<Duration> retry_after = std::nullopt;  // where the body says it (Gemini)
  bool operator==(const ApiError&) const = default;
};

}  // namespace rehearse::wire
