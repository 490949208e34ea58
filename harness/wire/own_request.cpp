#include "harness/wire/own_request.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire {

Result<std::string> complete_body(std::string_view body, const BodyDefaults& defaults) {
  auto value = parse_body(body);
  if (!value) {
    return value.errors();
  }
  if (!value->is_object()) {
    return Error{"request", expected_found("an object", *value)};
  }
  for (const auto& [key, content] : defaults) {
    if (value->find(key) == nullptr) {
      const auto as_value = [](const auto& plain) { return json::Value(plain); };
      value->set(key, std::visit(as_value, content));
    }
  }
  return json::dump(*value);
}

}  // namespace rehearse::wire
