#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "harness/wire/chat.hpp"

// OpenAI responses: POST {base}/responses, and GET, DELETE, …/cancel and …/input_items below it.
namespace rehearse::wire::openai {

inline constexpr std::string_view kResponsesPath = "/responses";

enum class ResponseStatus { Queued, InProgress, Completed, Incomplete, Failed, Cancelled };
std::string_view response_status_name(ResponseStatus status);

struct ResponsesRequest {
  ChatRequest chat;  // instructions are its first message, of role "developer"
  bool background = false;
  bool store = true;
  json::Value echo;         // what every reply repeats of it: instructions, tools, text, …
  json::Value input_items;  // an array, each with an id, as …/input_items lists them
};

// The client writes messages as input; tools and formats as this endpoint has them.
std::string encode_responses_request(const ResponsesRequest& request);
Result<ResponsesRequest> decode_responses_request(std::string_view body);

struct ResponsesReply {
  std::string id;
  std::string model;
  std::int64_t created_s = 0;
  ResponseStatus status = ResponseStatus::Completed;
  std::string text;
  std::vector<ToolCall> tool_calls;  // instead of a message, where there are any
  std::optional<Usage> usage;
  std::string error_code;     // with Failed
  std::string error_message;  // with Failed
  json::Value echo = json::Value::object();
};

std::string encode_response(const ResponsesReply& reply);
Result<ResponsesReply> decode_response(std::string_view body);

// {"object": "list", …} of input items, and what a DELETE answers.
std::string encode_input_items(const json::Value& items);
std::string encode_deleted_response(std::string_view id);

// Writes the events of a streamed response in the order that the SDKs demand, each a whole SSE
// frame with its sequence number.
class ResponseStreamWriter {
 public:
  // `reply` has all that is known beforehand: id, model, created, echo; a tool call without
  // arguments where one is made. `reasons`: a reasoning item comes first.
  ResponseStreamWriter(ResponsesReply reply, bool reasons);

  std::string begin();
  std::string delta(std::string_view piece);  // of the text or of the arguments
  std::string end(ResponseStatus status, const Usage& usage);
  // What ends a stream that failed in its middle; after begin().
  std::string error(std::string_view code, std::string_view message);
  // The response as it ended; after end().
  const ResponsesReply& reply() const { return reply_; }

 private:
  std::string event(const char* type, json::Value body);
  std::string state(const char* type);
  bool calls() const { return !reply_.tool_calls.empty(); }

  ResponsesReply reply_;
  std::string item_id_;
  std::string delta_head_;  // what every delta has in common
  std::string said_;
  bool reasons_;
  std::int64_t output_index_ = 0;
  std::int64_t sequence_ = 0;
};

// One event of a stream, as far as a client needs it.
struct ResponseEvent {
  std::string type;
  std::int64_t sequence = -1;
  std::string delta;                    // of text or arguments
  std::optional<ResponsesReply> reply;  // where the event carries the response
};
// An "error" event is an error value.
Result<ResponseEvent> decode_response_event(std::string_view data);

}  // namespace rehearse::wire::openai
