#include "harness/json/write.hpp"
#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/anthropic_error.hpp"
#include "harness/wire/anthropic_usage.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::anthropic {
namespace {

// One event; its name stands in the data too. `members` follow the type.
std::string event(std::string_view type, std::string_view members) {
  std::string out;
  out.reserve(2 * type.size() + members.size() + 40);
  out.append("event: ").append(type).append("\ndata: {\"type\":\"").append(type).append("\"");
  return out.append(members).append("}\n\n");
}

}  // namespace

std::string ChatStreamWriter::start(const Usage& usage) const {
  const json::Value message = object_of({{"id", id_},
                                         {"type", "message"},
                                         {"role", "assistant"},
                                         {"model", model_},
                                         {"content", json::Value::array()},
                                         {"stop_reason", nullptr},
                                         {"stop_sequence", nullptr},
                                         {"usage", encode_usage(usage)}});
  return event("message_start", ",\"message\":" + json::dump(message)) + event("ping", "");
}

std::string ChatStreamWriter::begin(const char* type, std::string_view members) {
  std::string out = end_block();
  open_ = true;
  ++block_;
  return out + event("content_block_start", ",\"index\":" + std::to_string(block_) +
                                                ",\"content_block\":{\"type\":\"" + type + "\"" +
                                                std::string(members) + "}");
}

std::string ChatStreamWriter::begin_thinking() {
  return begin("thinking", R"(,"thinking":"","signature":"")");
}

std::string ChatStreamWriter::begin_text() { return begin("text", R"(,"text":"")"); }

std::string ChatStreamWriter::begin_tool(const ToolCall& call) {
  return begin("tool_use", ",\"id\":" + json::dump(call.id) + ",\"name\":" + json::dump(call.name) +
                               ",\"input\":{}");
}

std::string ChatStreamWriter::delta(std::string_view members) const {
  return event("content_block_delta", ",\"index\":" + std::to_string(block_) +
                                          ",\"delta\":{\"type\":" + std::string(members) + "}");
}

std::string ChatStreamWriter::thinking(std::string_view piece) const {
  return delta("\"thinking_delta\",\"thinking\":" + json::dump(piece));
}

std::string ChatStreamWriter::signature(std::string_view text) const {
  return delta("\"signature_delta\",\"signature\":" + json::dump(text));
}

std::string ChatStreamWriter::text(std::string_view piece) const {
  return delta("\"text_delta\",\"text\":" + json::dump(piece));
}

std::string ChatStreamWriter::arguments(std::string_view piece) const {
  return delta("\"input_json_delta\",\"partial_json\":" + json::dump(piece));
}

std::string ChatStreamWriter::end_block() {
  if (!open_) {
    return {};
  }
  open_ = false;
  return event("content_block_stop", ",\"index\":" + std::to_string(block_));
}

std::string ChatStreamWriter::finish(FinishReason reason, std::string_view stop_text,
                                     const Usage& usage) {
  const json::Value stop = stop_text.empty() ? json::Value() : json::Value(stop_text);
  const json::Value delta =
      object_of({{"stop_reason", stop_reason_name(reason, stop_text)}, {"stop_sequence", stop}});
  return end_block() +
         event("message_delta", ",\"delta\":" + json::dump(delta) +
                                    ",\"usage\":" + json::dump(encode_usage(usage))) +
         event("message_stop", "");
}

std::string ChatStreamWriter::error(std::string_view type, std::string_view message) {
  const json::Value inner = object_of({{"type", type}, {"message", message}});
  return event("error", ",\"error\":" + json::dump(inner));
}

Result<ChatChunk> ChatStreamReader::read(const SseEvent& sse) {
  ChatChunk chunk;
  const auto body = parse_body(sse.data);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  const std::string type = fields.text("type", sse.event);
  if (type == "error") {
    return Error{"event stream", decode_error(500, sse.data).message};
  }
  if (type == "message_start") {
    if (const json::Value* message = fields.object("message")) {
      Fields inner(*message, "/message", errors);
      chunk.role = inner.text("role");
      decode_usage(inner, usage_);
    }
  } else if (type == "content_block_delta") {
    if (const json::Value* delta = fields.object("delta")) {
      Fields inner(*delta, "/delta", errors);
      chunk.text = inner.text("text");
      chunk.thinking = inner.text("thinking");
      chunk.arguments = inner.text("partial_json");
    }
  } else if (type == "message_delta") {
    decode_usage(fields, usage_);
    chunk.usage = usage_;
    if (const json::Value* delta = fields.object("delta")) {
      Fields inner(*delta, "/delta", errors);
      chunk.finish = parse_stop_reason(inner.text("stop_reason"));
    }
  } else if (type == "message_stop") {
    chunk.done = true;
  }
  if (!errors.empty()) {
    return errors;
  }
  return chunk;
}

}  // namespace rehearse::wire::anthropic
