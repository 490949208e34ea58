#pragma once

#include <string>
#include <string_view>

#include "harness/wire/chat.hpp"
#include "harness/wire/fields.hpp"

// What plain and streamed Anthropic replies have in common.
namespace rehearse::wire::anthropic {

json::Value encode_usage(const Usage& usage);
// Takes over what the "usage" member says and leaves the rest of `usage` as it was.
void decode_usage(Fields& fields, Usage& usage);
// "end_turn", "max_tokens", "tool_use", "refusal"; "stop_sequence" where a text ended it.
std::string_view stop_reason_name(FinishReason reason, std::string_view stop_text);
FinishReason parse_stop_reason(std::string_view name);

}  // namespace rehearse::wire::anthropic
