#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/chat.hpp"

// OpenAI chat completions, POST {base}/chat/completions, where base ends in /v1.
namespace rehearse::wire::openai {

inline constexpr std::string_view kChatPath = "/chat/completions";

// The client writes max_completion_tokens; the server reads both names.
std::string encode_chat_request(const ChatRequest& request);
Result<ChatRequest> decode_chat_request(std::string_view body);

std::string encode_chat_reply(const ChatReply& reply);
Result<ChatReply> decode_chat_reply(std::string_view body);

std::string_view finish_reason_name(FinishReason reason);

// Writes the events of a streamed reply, each a whole SSE frame. What stays the same in all of them
// is escaped once, since one is written per token.
class ChatStreamWriter {
 public:
  struct Options {
    std::string id;
    std::string model;
    std::int64_t created_s = 0;
    bool include_usage = false;
  };
  explicit ChatStreamWriter(const Options& options);

  std::string role(std::int64_t choice) const;  // the first frame of each choice
  std::string text(std::int64_t choice, std::string_view piece) const;
  std::string text(std::int64_t choice, const std::vector<TokenLogprob>& tokens) const;
  // The first frame of a tool call has all but its arguments, which follow piece by piece; `index`
  // counts the calls of this choice.
  std::string tool_call(std::int64_t choice, std::int64_t index, const ToolCall& call) const;
  std::string tool_arguments(std::int64_t choice, std::int64_t index, std::string_view piece) const;
  std::string finish(std::int64_t choice, FinishReason reason) const;
  // The choices:[] frame of include_usage; empty where nobody asked for it.
  std::string usage(const Usage& usage) const;
  static std::string done();  // data: [DONE]

 private:
  std::string frame(std::int64_t choice, std::string_view delta, std::string_view finish,
                    std::string_view logprobs = "null") const;
  std::string head_;
  bool include_usage_;
};

// One event's data. An {"error": …} inside a stream is an error value; "[DONE]" has done = true.
Result<ChatChunk> decode_chat_chunk(std::string_view data);

}  // namespace rehearse::wire::openai
