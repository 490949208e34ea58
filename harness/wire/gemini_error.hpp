#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/api_error.hpp"

// google.rpc.Status as Gemini sends it. ApiError::code is its status ("RESOURCE_EXHAUSTED").
namespace rehearse::wire::gemini {

// "RESOURCE_EXHAUSTED" of 429, "UNAVAILABLE" of 503, …
std::string_view status_name(int status);

// {"error": {code, message, status, details}}; a 429 has QuotaFailure, Help and RetryInfo, 400 of a
// bad key ErrorInfo. Where ApiError::code is none of Google's names, that of the status is written.
std::string encode_error(const ApiError& error);
// Never fails: a body of another form becomes a message of at most 200 characters. A stream that
// asked for an array gets the status in one.
ApiError decode_error(int status, std::string_view body);

ApiError bad_request(const Errors& errors);

}  // namespace rehearse::wire::gemini
