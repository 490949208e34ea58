#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/wire/tokens.hpp"

namespace rehearse::wire {

enum class FinishReason { Stop, Length, ToolCalls, ContentFilter };

struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;  // JSON text
  bool operator==(const ToolCall&) const = default;
};

struct Message {
  std::string role;
  std::string text;         // the text parts, joined
  std::int64_t images = 0;  // image parts beside them (their bytes are not kept)
  std::vector<ToolCall> tool_calls;
  std::string tool_call_id;
  bool operator==(const Message&) const = default;
};

struct Tool {
  std::string name;
  std::string description;
  std::string parameters;  // JSON text of its schema
  bool operator==(const Tool&) const = default;
};

enum class TextFormat { Text, JsonObject, JsonSchema };

// A text generation, whatever the provider.
struct ChatRequest {
  std::string model;
  std::vector<Message> messages;
  std::optional<std::int64_t> max_output_tokens;
  std::int64_t choices = 1;  // n
  bool stream = false;
  bool include_usage = false;
  TextFormat format = TextFormat::Text;
  std::string schema;  // JSON text, with JsonSchema
  std::vector<Tool> tools;
  std::string tool_choice;  // "none", "auto", "required", or a tool's name; empty: the default
  std::optional<Duration> keep_alive;  // Ollama: how long the model stays loaded
  bool logprobs = false;
  std::string reasoning_effort = {};  // "low", …; empty: the model's default
  std::vector<std::string> stop;      // texts that end the answer
  // Output tokens that may go into thinking; -1: as many as the model likes; nothing: none.
  std::optional<std::int64_t> thinking_tokens;
  bool show_thinking = true;
  bool operator==(const ChatRequest&) const = default;
};

struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t cached_tokens = 0;  // of the input
  std::int64_t output_tokens = 0;
  std::int64_t reasoning_tokens = 0;    // of the output
  std::int64_t cache_write_tokens = 0;  // of the input, written to a prompt cache
  bool operator==(const Usage&) const = default;
};

struct TokenLogprob {
  std::string token;
  double logprob = 0;  // natural; <= 0
  bool operator==(const TokenLogprob&) const = default;
};

struct ChatChoice {
  std::string text;
  std::vector<ToolCall> tool_calls;
  FinishReason finish = FinishReason::Stop;
  std::vector<TokenLogprob> logprobs = {};  // where they were asked for
  std::string stop_text = {};               // the one of ChatRequest::stop that ended it
  std::string thinking = {};
  std::string signature = {};  // of the thinking
  bool operator==(const ChatChoice&) const = default;
};

struct ChatReply {
  std::string id;
  std::string model;
  std::int64_t created_s = 0;  // since the epoch
  std::vector<ChatChoice> choices;
  std::optional<Usage> usage;  // nothing where the provider sent none: then nothing is measured
  bool operator==(const ChatReply&) const = default;
};

// A piece of a tool call: the first has id and name, the later ones more of the arguments.
struct ToolCallDelta {
  std::int64_t index = 0;  // of the call in its choice
  ToolCall call;
  bool operator==(const ToolCallDelta&) const = default;
};

// One piece of a streamed reply.
struct ChatChunk {
  std::int64_t choice = 0;
  std::string role;  // in the first piece of a choice
  std::string text;
  std::optional<FinishReason> finish;
  std::optional<Usage> usage;
  bool done = false;  // the stream's own end mark
  std::vector<ToolCallDelta> tool_calls = {};
  std::string thinking = {};
  std::string arguments = {};  // of a tool call: more of its JSON
  bool operator==(const ChatChunk&) const = default;
};

// The mock tokens of a prompt: its messages' text and tool schemas.
std::int64_t input_tokens(const ChatRequest& request);

}  // namespace rehearse::wire
