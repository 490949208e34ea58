#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/wire/chat.hpp"

// Ollama's own API: POST /api/chat and /api/generate (NDJSON, streamed unless told otherwise),
// GET /api/tags; errors are {"error": "…"}.
namespace rehearse::wire::ollama {

inline constexpr std::string_view kChatPath = "/api/chat";
inline constexpr std::string_view kGeneratePath = "/api/generate";
inline constexpr std::string_view kTagsPath = "/api/tags";
inline constexpr std::string_view kStreamType = "application/x-ndjson";

// The two operations differ in where the text stands: message.content or response.
enum class Api { Chat, Generate };

// A generate request is a ChatRequest of one or two messages (system, user). max_output_tokens is
// options.num_predict; a negative one there means no limit.
std::string encode_request(const ChatRequest& request, Api api);
Result<ChatRequest> decode_request(std::string_view body, Api api);

// The durations that add up to what was observed: tokens/s = output_tokens / generate.
struct Timing {
  Duration load;
  Duration prompt;
  Duration generate;
  Duration total() const { return load + prompt + generate; }
  bool operator==(const Timing&) const = default;
};

// One line of a stream, or the only object of a plain reply (then text and done together).
struct Line {
  std::string model;
  Instant created;  // wall time since the epoch; written, not read back
  std::string text;
  bool done = false;
  std::string done_reason;                // stop, length, load, unload; with done
  Timing timing;                          // with done
  Usage usage;                            // with done
  std::vector<ToolCall> tool_calls = {};  // of a chat
  bool operator==(const Line&) const = default;
};

// Without the newline that ends it in a stream.
std::string encode_line(const Line& line, Api api);
// A line {"error": …} is an error value.
Result<Line> decode_line(std::string_view text, Api api);

std::string encode_error(std::string_view message);

struct LocalModel {
  std::string name;
  std::int64_t bytes = 0;
  bool operator==(const LocalModel&) const = default;
};
std::string encode_tags(const std::vector<LocalModel>& models);
Result<std::vector<LocalModel>> decode_tags(std::string_view body);

}  // namespace rehearse::wire::ollama
