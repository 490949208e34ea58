#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/chat.hpp"

// Gemini text: models/{model}:generateContent, and :streamGenerateContent as server-sent events
// (?alt=sse) or as one JSON array. The model and whether it streams stand in the path.
namespace rehearse::wire::gemini {

inline constexpr std::string_view kGenerate = "generateContent";
inline constexpr std::string_view kStreamGenerate = "streamGenerateContent";
inline constexpr std::string_view kCountTokens = "countTokens";

std::string encode_chat_request(const ChatRequest& request);
// Of countTokens too. Names are read in camel case and in snake case, as the API does.
Result<ChatRequest> decode_chat_request(std::string_view body);

// A body written by hand, with the limit of output tokens that it lacks (0: none).
Result<std::string> complete_chat_request(std::string_view body, std::int64_t max_output_tokens);

// A whole reply, or one piece of a streamed one: then choices hold what is new, `last` gives them
// their finish reason, and the usage is what was used so far.
struct ReplyPart {
  ChatReply reply;
  bool last = true;
};
std::string encode_chat_part(const ReplyPart& part);
inline std::string encode_chat_reply(const ChatReply& reply) { return encode_chat_part({reply}); }
Result<ChatReply> decode_chat_reply(std::string_view body);
// One event's data. An {"error": …} inside a stream is an error value ("event stream").
Result<ChatChunk> decode_chat_chunk(std::string_view data);

std::string_view finish_reason_name(FinishReason reason);

// {"totalTokens": N}
std::string encode_token_count(std::int64_t tokens);
Result<std::int64_t> decode_token_count(std::string_view body);

}  // namespace rehearse::wire::gemini
