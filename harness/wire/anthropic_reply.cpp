#include "harness/json/write.hpp"
#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/anthropic_usage.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::anthropic {
namespace {

constexpr std::int64_t kMost = 1'000'000'000'000;

json::Value encode_content(const ChatChoice& choice) {
  json::Value content = json::Value::array();
  if (!choice.thinking.empty() || !choice.signature.empty()) {
    content.push(object_of(
        {{"type", "thinking"}, {"thinking", choice.thinking}, {"signature", choice.signature}}));
  }
  if (!choice.text.empty()) {
    content.push(object_of({{"type", "text"}, {"text", choice.text}}));
  }
  for (const ToolCall& call : choice.tool_calls) {
    auto input = parse_body(call.arguments);
    content.push(object_of(
        {{"type", "tool_use"},
         {"id", call.id},
         {"name", call.name},
         {"input", input && input->is_object() ? std::move(*input) : json::Value::object()}}));
  }
  return content;
}

void decode_block(Fields& block, ChatChoice& choice) {
  const std::string type = block.required_text("type");
  if (type == "text") {
    choice.text += block.text("text");
  } else if (type == "thinking") {
    choice.thinking += block.text("thinking");
    choice.signature = block.text("signature");
  } else if (type == "tool_use") {
    const json::Value* input = block.object("input");
    choice.tool_calls.push_back(
        {block.text("id"), block.text("name"), input == nullptr ? "{}" : json::dump(*input)});
  }
}

}  // namespace

std::string_view stop_reason_name(FinishReason reason, std::string_view stop_text) {
  if (!stop_text.empty()) {
    return "stop_sequence";
  }
  switch (reason) {
    case FinishReason::Stop:
      return "end_turn";
    case FinishReason::Length:
      return "max_tokens";
    case FinishReason::ToolCalls:
      return "tool_use";
    case FinishReason::ContentFilter:
      return "refusal";
  }
  return "end_turn";
}

FinishReason parse_stop_reason(std::string_view name) {
  return name == "max_tokens" || name == "model_context_window_exceeded" ? FinishReason::Length
         : name == "tool_use"                                            ? FinishReason::ToolCalls
         : name == "refusal" ? FinishReason::ContentFilter
                             : FinishReason::Stop;
}

json::Value encode_usage(const Usage& usage) {
  return object_of(
      {{"input_tokens", usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens},
       {"cache_creation_input_tokens", usage.cache_write_tokens},
       {"cache_read_input_tokens", usage.cached_tokens},
       {"cache_creation", object_of({{"ephemeral_5m_input_tokens", usage.cache_write_tokens},
                                     {"ephemeral_1h_input_tokens", 0}})},
       {"output_tokens", usage.output_tokens},
       {"service_tier", "standard"}});
}

void decode_usage(Fields& fields, Usage& usage) {
  const json::Value* value = fields.object("usage");
  if (value == nullptr) {
    return;
  }
  Fields inner(*value, fields.pointer("usage"), fields.errors());
  const std::int64_t fresh = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens;
  const auto take = [&inner](const char* key, std::int64_t otherwise) {
    return inner.integer(key, 0, kMost).value_or(otherwise);
  };
  usage.cached_tokens = take("cache_read_input_tokens", usage.cached_tokens);
  usage.cache_write_tokens = take("cache_creation_input_tokens", usage.cache_write_tokens);
  usage.input_tokens = take("input_tokens", fresh) + usage.cached_tokens + usage.cache_write_tokens;
  usage.output_tokens = take("output_tokens", usage.output_tokens);
}

std::string encode_chat_reply(const ChatReply& reply) {
  const ChatChoice choice = reply.choices.empty() ? ChatChoice() : reply.choices.front();
  const json::Value stop = choice.stop_text.empty() ? json::Value() : choice.stop_text;
  json::Value body = object_of({{"id", reply.id},
                                {"type", "message"},
                                {"role", "assistant"},
                                {"model", reply.model},
                                {"content", encode_content(choice)},
                                {"stop_reason", stop_reason_name(choice.finish, choice.stop_text)},
                                {"stop_sequence", stop}});
  if (reply.usage) {
    body.set("usage", encode_usage(*reply.usage));
  }
  return json::dump(body);
}

Result<ChatReply> decode_chat_reply(std::string_view text) {
  return decode_body<ChatReply>(text, [&](Fields& fields, ChatReply& reply) {
    reply.id = fields.text("id");
    reply.model = fields.text("model");
    ChatChoice choice;
    const json::Value* content = fields.array("content");
    if (content == nullptr) {
      fields.fail("content", "expected an array of blocks, found nothing");
      return;
    }
    for (std::size_t i = 0; i < content->items().size(); ++i) {
      Fields block(content->items()[i], json::pointer_join("/content", i), fields.errors());
      decode_block(block, choice);
    }
    choice.finish = parse_stop_reason(fields.text("stop_reason"));
    choice.stop_text = fields.text("stop_sequence");
    reply.choices.push_back(std::move(choice));
    if (fields.find("usage") != nullptr) {
      reply.usage.emplace();
      decode_usage(fields, *reply.usage);
    }
  });
}

std::string encode_token_count(std::int64_t tokens) {
  return json::dump(object_of({{"input_tokens", tokens}}));
}

Result<std::int64_t> decode_token_count(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  const auto tokens = fields.integer("input_tokens", 0, kMost);
  if (!tokens && errors.empty()) {
    fields.fail("input_tokens", "expected a number of tokens, found nothing");
  }
  if (!errors.empty()) {
    return errors;
  }
  return *tokens;
}

}  // namespace rehearse::wire::anthropic
