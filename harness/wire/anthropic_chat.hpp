#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/wire/chat.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/sse.hpp"

// Anthropic messages, POST {base}/v1/messages; streams always name their events.
namespace rehearse::wire::anthropic {

inline constexpr std::string_view kMessagesPath = "/v1/messages";
inline constexpr std::string_view kCountPath = "/v1/messages/count_tokens";
// Every request must carry it. Newer clients send a later date.
inline constexpr std::string_view kVersionHeader = "anthropic-version";
inline constexpr std::string_view kVersion = "2023-06-01";

// The first system messages become "system", tool results go as the user's blocks.
std::string encode_chat_request(const ChatRequest& request);
enum class MaxTokens { Required, Optional };  // optional where tokens are only counted
Result<ChatRequest> decode_chat_request(std::string_view body,
                                        MaxTokens max_tokens = MaxTokens::Required);

// Only the first choice goes on the wire. Input tokens there exclude those of the cache, here they
// include them.
std::string encode_chat_reply(const ChatReply& reply);
Result<ChatReply> decode_chat_reply(std::string_view body);

// {"input_tokens": N}
std::string encode_token_count(std::int64_t tokens);
Result<std::int64_t> decode_token_count(std::string_view body);

// Writes the events of a streamed reply in their order: start, blocks one after the other, finish.
class ChatStreamWriter {
 public:
  ChatStreamWriter(std::string id, std::string model)
      : id_(std::move(id)), model_(std::move(model)) {}

  std::string start(const Usage& usage) const;  // message_start and a ping
  std::string begin_thinking();
  std::string begin_text();
  std::string begin_tool(const ToolCall& call);  // its arguments come as pieces
  std::string thinking(std::string_view piece) const;
  std::string signature(std::string_view text) const;
  std::string text(std::string_view piece) const;
  std::string arguments(std::string_view piece) const;
  std::string end_block();  // nothing where none is open
  // message_delta with the whole usage, message_stop; `stop_text` where it ended the answer.
  std::string finish(FinishReason reason, std::string_view stop_text, const Usage& usage);
  // In place of all that would follow.
  static std::string error(std::string_view type, std::string_view message);

 private:
  std::string begin(const char* type, std::string_view members);
  std::string delta(std::string_view members) const;
  std::string id_;
  std::string model_;
  std::int64_t block_ = -1;
  bool open_ = false;
};

// Reads the events of one stream. An error event is an error value ("event stream").
class ChatStreamReader {
 public:
  Result<ChatChunk> read(const SseEvent& event);

 private:
  Usage usage_;  // cumulative
};

}  // namespace rehearse::wire::anthropic
