#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_error.hpp"
#include "harness/wire/openai_usage.hpp"

namespace rehearse::wire::openai {
namespace {

std::vector<ToolCallDelta> decode_tool_deltas(Fields& delta) {
  std::vector<ToolCallDelta> out;
  const json::Value* calls = delta.array("tool_calls");
  for (std::size_t i = 0; calls != nullptr && i < calls->items().size(); ++i) {
    Fields one(calls->items()[i], json::pointer_join(delta.pointer("tool_calls"), i),
               delta.errors());
    ToolCallDelta piece;
    piece.index = one.integer("index", 0, 1'000).value_or(0);
    piece.call.id = one.text("id");
    if (const json::Value* function = one.object("function")) {
      Fields inner(*function, one.pointer("function"), delta.errors());
      piece.call.name = inner.text("name");
      piece.call.arguments = inner.text("arguments");
    }
    out.push_back(std::move(piece));
  }
  return out;
}

}  // namespace

ChatStreamWriter::ChatStreamWriter(const Options& options) : include_usage_(options.include_usage) {
  head_ = "data: {\"id\":" + json::dump(options.id) +
          ",\"object\":\"chat.completion.chunk\",\"created\":" + std::to_string(options.created_s) +
          ",\"model\":" + json::dump(options.model) +
          ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_rehearse\",\"choices\":[";
  head_.shrink_to_fit();  // it lives as long as its stream
}

std::string ChatStreamWriter::frame(std::int64_t choice, std::string_view delta,
                                    std::string_view finish, std::string_view logprobs) const {
  const std::string_view tail = include_usage_ ? "],\"usage\":null}\n\n" : "]}\n\n";
  std::string out;
  out.reserve(head_.size() + tail.size() + delta.size() + finish.size() + logprobs.size() + 80);
  out.append(head_).append("{\"index\":").append(std::to_string(choice));
  out.append(",\"delta\":{").append(delta).append("},\"logprobs\":");
  out.append(logprobs).append(",\"finish_reason\":");
  return out.append(finish).append("}").append(tail);
}

std::string ChatStreamWriter::role(std::int64_t choice) const {
  return frame(choice, R"("role":"assistant","content":"","refusal":null)", "null");
}

std::string ChatStreamWriter::text(std::int64_t choice, std::string_view piece) const {
  return frame(choice, "\"content\":" + json::dump(piece), "null");
}

std::string ChatStreamWriter::text(std::int64_t choice,
                                   const std::vector<TokenLogprob>& tokens) const {
  std::string piece;
  for (const TokenLogprob& token : tokens) {
    piece += token.token;
  }
  return frame(choice, "\"content\":" + json::dump(piece), "null",
               json::dump(encode_logprobs(tokens)));
}

std::string ChatStreamWriter::tool_call(std::int64_t choice, std::int64_t index,
                                        const ToolCall& call) const {
  const json::Value delta =
      object_of({{"index", index},
                 {"id", call.id},
                 {"type", "function"},
                 {"function", object_of({{"name", call.name}, {"arguments", ""}})}});
  return frame(choice, "\"tool_calls\":[" + json::dump(delta) + "]", "null");
}

std::string ChatStreamWriter::tool_arguments(std::int64_t choice, std::int64_t index,
                                             std::string_view piece) const {
  const json::Value delta =
      object_of({{"index", index}, {"function", object_of({{"arguments", piece}})}});
  return frame(choice, "\"tool_calls\":[" + json::dump(delta) + "]", "null");
}

std::string ChatStreamWriter::finish(std::int64_t choice, FinishReason reason) const {
  return frame(choice, "", '"' + std::string(finish_reason_name(reason)) + '"');
}

std::string ChatStreamWriter::usage(const Usage& usage) const {
  return include_usage_ ? head_ + "],\"usage\":" + usage_json(usage) + "}\n\n" : "";
}

std::string ChatStreamWriter::done() { return "data: [DONE]\n\n"; }

Result<ChatChunk> decode_chat_chunk(std::string_view data) {
  ChatChunk chunk;
  if (data == "[DONE]") {
    chunk.done = true;
    return chunk;
  }
  const auto body = parse_body(data);
  if (!body) {
    return body.errors();
  }
  if (body->find("error") != nullptr) {
    return Error{"event stream", decode_error(500, data).message};
  }
  Errors errors;
  Fields fields(*body, "", errors);
  chunk.usage = decode_usage(fields, "prompt", "completion");
  const json::Value* choices = fields.array("choices");
  if (choices != nullptr && !choices->items().empty()) {
    Fields choice(choices->items()[0], "/choices/0", errors);
    chunk.choice = choice.integer("index", 0, 1'000).value_or(0);
    if (const std::string finish = choice.text("finish_reason"); !finish.empty()) {
      chunk.finish = parse_finish_reason(finish).value_or(FinishReason::Stop);
    }
    if (const json::Value* delta = choice.object("delta")) {
      Fields inner(*delta, choice.pointer("delta"), errors);
      chunk.role = inner.text("role");
      chunk.text = inner.text("content");
      chunk.tool_calls = decode_tool_deltas(inner);
    }
  }
  if (!errors.empty()) {
    return errors;
  }
  return chunk;
}

}  // namespace rehearse::wire::openai
