#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/wire/chat.hpp"
#include "harness/wire/fields.hpp"

// What OpenAI's replies have in common: chat, plain and streamed, and responses.
namespace rehearse::wire::openai {

std::string usage_json(const Usage& usage);
// The "usage" member, nothing where it is missing or null. Its counts are called `input`_tokens and
// `output`_tokens, and so are their details: prompt and completion in chat, else as they are here.
std::optional<Usage> decode_usage(Fields& fields, const std::string& input,
                                  const std::string& output);
// {"content": […], "refusal": null}; null where there are no tokens.
json::Value encode_logprobs(const std::vector<TokenLogprob>& tokens);
std::optional<FinishReason> parse_finish_reason(std::string_view name);

}  // namespace rehearse::wire::openai
