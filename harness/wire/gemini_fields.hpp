#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/wire/chat.hpp"
#include "harness/wire/fields.hpp"

// What Gemini's formats have in common.
namespace rehearse::wire::gemini {

// The key under which `fields` has the member: "maxOutputTokens" or "max_output_tokens"; the first
// where neither is there.
std::string key_of(const Fields& fields, std::string_view camel);

json::Value encode_usage(const Usage& usage);
std::optional<Usage> decode_usage(Fields& fields);

}  // namespace rehearse::wire::gemini
