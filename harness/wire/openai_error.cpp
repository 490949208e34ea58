#include "harness/wire/openai_error.hpp"

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::openai {
namespace {

json::Value nullable(const std::optional<std::string>& text) {
  return text ? json::Value(*text) : json::Value();
}

std::optional<std::string> text_or_nothing(const json::Value& object, std::string_view key) {
  const json::Value* member = object.find(key);
  if (member == nullptr || member->is_null()) {
    return std::nullopt;
  }
  return member->is_string() ? member->as_string() : json::dump(*member);
}

}  // namespace

std::string encode_error(const ApiError& error) {
  return json::dump(object_of({{"error", object_of({{"message", error.message},
                                                    {"type", error.type},
                                                    {"param", nullable(error.param)},
                                                    {"code", nullable(error.code)}})}}));
}

ApiError decode_error(int status, std::string_view body) {
  ApiError error{status, "", "", std::nullopt, std::nullopt};
  const auto value = parse_body(body);
  const json::Value* inner = value ? value->find("error") : nullptr;
  if (inner != nullptr && inner->is_string()) {  // Ollama, and many others
    error.message = inner->as_string();
    return error;
  }
  if (inner == nullptr || !inner->is_object()) {
    error.message = quoted_excerpt(body, 200);
    return error;
  }
  error.message = text_or_nothing(*inner, "message").value_or("");
  error.type = text_or_nothing(*inner, "type").value_or("");
  error.param = text_or_nothing(*inner, "param");
  error.code = text_or_nothing(*inner, "code");
  return error;
}

ApiError bad_request(const Errors& errors) {
  std::string message;
  for (const Error& error : errors) {
    message += (message.empty() ? "" : "; ") + error.text();
    if (message.size() > 1'000) {
      break;
    }
  }
  std::optional<std::string> param;
  if (errors.front().where.starts_with('/') && errors.front().where.size() > 1) {
    param = errors.front().where.substr(1);
  }
  return {400, message, "invalid_request_error", param, std::nullopt};
}

}  // namespace rehearse::wire::openai
