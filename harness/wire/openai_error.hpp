#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/api_error.hpp"

namespace rehearse::wire::openai {

// {"error": {message, type, param, code}}: all four always stand there, the last two may be null.
std::string encode_error(const ApiError& error);
// Never fails: a body of another form (a proxy's HTML page) becomes a message of at most 200
// characters.
ApiError decode_error(int status, std::string_view body);

// 400 for a request that could not be decoded; `param` is the place in the body.
ApiError bad_request(const Errors& errors);

}  // namespace rehearse::wire::openai
