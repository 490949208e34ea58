#pragma once

#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/multipart.hpp"

// Requests in parts, as the endpoints that take files have them.
namespace rehearse::wire::openai {

Result<std::vector<Part>> decode_form(const Request& request);

// A field's text as JSON would carry it: a form may hold any bytes, a text only UTF-8.
json::Value form_text(const Part& part);
// A field as JSON would have it: whole numbers and true or false as such, all else a text.
json::Value form_value(const Part& part);

}  // namespace rehearse::wire::openai
