#pragma once

#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/multipart.hpp"

// Requests in parts, as the endpoints that take files have them.
namespace rehearse::wire::openai {

Result<std::vector<Part>> decode_form(const Request& request);

// A field as JSON would have it: whole numbers and true or false as such, all else a text.
json::Value form_value(const Part& part);

}  // namespace rehearse::wire::openai
