#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rehearse::script {

// A JSON text that conforms to a JSON Schema, of exactly `tokens` mock tokens where the schema
// leaves room for it: free texts grow, and blanks at the end make up the rest; a schema that needs
// more gets more. Understands type, properties, items, prefixItems, enum, const, anyOf, oneOf,
// allOf, $ref into the schema, lengths, ranges, multipleOf and the common formats; `pattern` is
// not followed. A `schema` that is no JSON object counts as {"type": "object"}.
std::string json_answer(std::uint64_t content, std::int64_t tokens, std::string_view schema);

}  // namespace rehearse::script
