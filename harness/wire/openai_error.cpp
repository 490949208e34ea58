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

// "messages[0].role" for "/messages/0/role".
std::string parameter_name(std::string_view pointer) {
  std::string out;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view step = pointer.substr(0, pointer.find('/'));
    const bool index = !step.empty() && step.find_first_not_of("0123456789") == step.npos;
    if (index) {
      out.append("[").append(step).append("]");
    } else {
      out.append(out.empty() ? 0 : 1, '.').append(step);
    }
    pointer.remove_prefix(step.size());
  }
  return out;
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
  const Error& first = errors.front();
  ApiError error{400, "", "invalid_request_error", std::nullopt, std::nullopt};
  if (!first.where.starts_with('/') || first.where.size() < 2) {
    error.message = "We could not parse the JSON body of your request: " + first.text();
    return error;
  }
  error.param = parameter_name(first.where);
  const bool missing = first.what.ends_with("found nothing") || first.what.ends_with("found none");
  error.code = missing ? "missing_required_parameter" : "invalid_value";
  error.message = missing ? "Missing required parameter: '" + *error.param + "'."
                          : "Invalid value for '" + *error.param + "': " + first.what + ".";
  for (std::size_t i = 1; i < errors.size() && error.message.size() < 1'000; ++i) {
    error.message += " Also at " + errors[i].text() + ".";
  }
  return error;
}

}  // namespace rehearse::wire::openai
