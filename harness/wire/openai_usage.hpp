#pragma once

#include <optional>
#include <string_view>

#include "harness/wire/chat.hpp"
#include "harness/wire/fields.hpp"

// What plain and streamed OpenAI chat replies have in common.
namespace rehearse::wire::openai {

std::string usage_json(const Usage& usage);
// The "usage" member, nothing where it is missing or null.
std::optional<Usage> decode_usage(Fields& fields);
// {"content": […], "refusal": null}; null where there are no tokens.
json::Value encode_logprobs(const std::vector<TokenLogprob>& tokens);
std::optional<FinishReason> parse_finish_reason(std::string_view name);

}  // namespace rehearse::wire::openai
