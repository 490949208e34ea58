#include "harness/wire/anthropic_error.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::anthropic {

std::string_view error_type(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 504:
      return "timeout_error";
    case 529:
      return "overloaded_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

std::string encode_error(const ApiError& error) {
  const std::string_view type =
      error.type.empty() ? error_type(error.status) : std::string_view(error.type);
  json::Value body = object_of(
      {{"type", "error"}, {"error", object_of({{"type", type}, {"message", error.message}})}});
  if (!error.request_id.empty()) {
    body.set("request_id", error.request_id);
  }
  return json::dump(body);
}

ApiError decode_error(int status, std::string_view text) {
  ApiError error;
  error.status = status;
  const auto body = parse_body(text);
  const json::Value* inner = body ? body->find("error") : nullptr;
  if (inner == nullptr || !inner->is_object()) {
    error.message = quoted_excerpt(text, 200);
    return error;
  }
  Errors ignored;
  Fields fields(*inner, "/error", ignored);
  error.message = fields.text("message");
  error.type = fields.text("type");
  error.code = error.type;
  error.request_id = Fields(*body, "", ignored).text("request_id");
  return error;
}

ApiError bad_request(const Errors& errors) {
  ApiError error;
  error.status = 400;
  error.type = "invalid_request_error";
  for (const Error& one : errors) {
    std::string place = one.where;
    place.erase(0, place.starts_with('/') ? 1 : 0);
    std::replace(place.begin(), place.end(), '/', '.');
    error.message += error.message.empty() ? "" : "; ";
    error.message += place.empty() ? one.what : place + ": " + one.what;
    if (error.message.size() > 1'000) {
      break;
    }
  }
  return error;
}

}  // namespace rehearse::wire::anthropic
