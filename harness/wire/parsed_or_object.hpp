#pragma once

#include <string>
#include <utility>

#include "harness/wire/fields.hpp"

namespace rehearse::wire {

// The JSON object in a text, such as a tool's arguments or a schema; an empty object where it holds
// none: APIs take nothing else there. Linear.
inline json::Value parsed_or_object(const std::string& text) {
  auto value = parse_body(text);
  return value && value->is_object() ? std::move(*value) : json::Value::object();
}

}  // namespace rehearse::wire
