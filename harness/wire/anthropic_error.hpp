#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/api_error.hpp"

namespace rehearse::wire::anthropic {

// "rate_limit_error" of 429, "overloaded_error" of 529, …
std::string_view error_type(int status);

// {"type": "error", "error": {type, message}, "request_id"}; without a type that of the status.
std::string encode_error(const ApiError& error);
// Never fails: a body of another form becomes a message of at most 200 characters. The type is the
// code too, as Anthropic has no other.
ApiError decode_error(int status, std::string_view body);

// 400 for a request that could not be decoded: "messages.0.role: Field required".
ApiError bad_request(const Errors& errors);

}  // namespace rehearse::wire::anthropic
