#include "harness/wire/anthropic_chat.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/parsed_or_object.hpp"

namespace rehearse::wire::anthropic {
namespace {

constexpr std::int64_t kManyTokens = 100'000'000;
constexpr std::int64_t kLeastThinking = 1024;
constexpr std::size_t kMostMessages = 100'000;

json::Value encode_message(const Message& message) {
  if (!message.tool_call_id.empty()) {
    json::Value result = object_of({{"type", "tool_result"},
                                    {"tool_use_id", message.tool_call_id},
                                    {"content", message.text}});
    return object_of({{"role", "user"}, {"content", std::vector<json::Value>{std::move(result)}}});
  }
  if (message.tool_calls.empty()) {
    return object_of({{"role", message.role}, {"content", message.text}});
  }
  json::Value blocks = json::Value::array();
  if (!message.text.empty()) {
    blocks.push(object_of({{"type", "text"}, {"text", message.text}}));
  }
  for (const ToolCall& call : message.tool_calls) {
    blocks.push(object_of({{"type", "tool_use"},
                           {"id", call.id},
                           {"name", call.name},
                           {"input", parsed_or_object(call.arguments)}}));
  }
  return object_of({{"role", message.role}, {"content", std::move(blocks)}});
}

json::Value encode_tools(const std::vector<Tool>& tools) {
  json::Value out = json::Value::array();
  for (const Tool& tool : tools) {
    json::Value& one = out.push(object_of({{"name", tool.name}}));
    if (!tool.description.empty()) {
      one.set("description", tool.description);
    }
    one.set("input_schema", tool.parameters.empty() ? object_of({{"type", "object"}})
                                                    : parsed_or_object(tool.parameters));
  }
  return out;
}

json::Value encode_tool_choice(const std::string& choice) {
  if (choice == "none" || choice == "auto") {
    return object_of({{"type", choice}});
  }
  return choice == "required" ? object_of({{"type", "any"}})
                              : object_of({{"type", "tool"}, {"name", choice}});
}

void decode_content(Fields& fields, std::string_view key, Message& message);

void decode_block(Fields& block, Message& message) {
  const std::string type = block.required_text("type");
  if (type == "text") {
    message.text += block.text("text");
  } else if (type == "image" || type == "document") {
    ++message.images;
  } else if (type == "tool_use") {
    const json::Value* input = block.object("input");
    message.tool_calls.push_back({block.required_text("id"), block.required_text("name"),
                                  input == nullptr ? "{}" : json::dump(*input)});
  } else if (type == "tool_result") {
    message.tool_call_id = block.required_text("tool_use_id");
    decode_content(block, "content", message);
  }  // thinking and results of the provider's own tools are read and bring nothing
}

// A text, or an array of blocks.
void decode_content(Fields& fields, std::string_view key, Message& message) {
  const json::Value* content = fields.find(key);
  if (content == nullptr) {
    return;
  }
  if (content->is_string()) {
    message.text += content->as_string();
    return;
  }
  if (!content->is_array()) {
    fields.fail(key, expected_found("a string or an array of blocks", *content));
    return;
  }
  for (std::size_t i = 0; i < content->items().size(); ++i) {
    Fields block(content->items()[i], json::pointer_join(fields.pointer(key), i), fields.errors());
    if (block.value().is_object()) {
      decode_block(block, message);
    }
  }
}

void decode_messages(Fields& fields, ChatRequest& request) {
  if (fields.find("system") != nullptr) {
    Message system;
    system.role = "system";
    decode_content(fields, "system", system);
    request.messages.push_back(std::move(system));
  }
  const json::Value* messages = fields.array("messages");
  if (messages == nullptr || messages->items().empty()) {
    fields.fail("messages",
                messages == nullptr ? "Field required" : "at least one message is required");
    return;
  }
  if (messages->items().size() > kMostMessages) {
    fields.fail("messages", "at most 100,000 messages are allowed");
    return;
  }
  for (std::size_t i = 0; i < messages->items().size(); ++i) {
    Fields one(messages->items()[i], json::pointer_join(fields.pointer("messages"), i),
               fields.errors());
    Message message;
    message.role = one.required_text("role");
    if (one.value().is_object() && message.role != "user" && message.role != "assistant" &&
        !message.role.empty()) {
      one.fail("role", "Input should be 'user' or 'assistant'");
    }
    if (one.value().is_object() && one.find("content") == nullptr) {
      one.fail("content", "Field required");
    }
    decode_content(one, "content", message);
    request.messages.push_back(std::move(message));
  }
}

void decode_tools(Fields& fields, ChatRequest& request) {
  if (const json::Value* tools = fields.array("tools")) {
    for (std::size_t i = 0; i < tools->items().size(); ++i) {
      Fields tool(tools->items()[i], json::pointer_join(fields.pointer("tools"), i),
                  fields.errors());
      const json::Value* schema = tool.find("input_schema");
      request.tools.push_back({tool.required_text("name"), tool.text("description"),
                               schema == nullptr ? "" : json::dump(*schema)});
    }
  }
  if (const json::Value* choice = fields.object("tool_choice")) {
    Fields inner(*choice, fields.pointer("tool_choice"), fields.errors());
    const std::string type = inner.required_text("type");
    request.tool_choice = type == "any"    ? "required"
                          : type == "tool" ? inner.required_text("name")
                                           : type;
  }
}

void decode_thinking(Fields& fields, ChatRequest& request) {
  const json::Value* thinking = fields.object("thinking");
  if (thinking == nullptr) {
    return;
  }
  Fields inner(*thinking, fields.pointer("thinking"), fields.errors());
  const std::string type = inner.required_text("type");
  if (type == "adaptive") {
    request.thinking_tokens = -1;
  } else if (type == "enabled") {
    request.thinking_tokens = inner.integer("budget_tokens", kLeastThinking, kManyTokens);
    if (inner.find("budget_tokens") == nullptr) {
      inner.fail("budget_tokens", "Field required");
    }
    if (request.thinking_tokens && request.max_output_tokens &&
        *request.thinking_tokens >= *request.max_output_tokens) {
      fields.fail("max_tokens", "must be greater than thinking.budget_tokens");
    }
  }
}

void decode_stop(Fields& fields, ChatRequest& request) {
  if (const json::Value* all = fields.array("stop_sequences")) {
    for (const json::Value& one : all->items()) {
      if (!one.is_string() || one.as_string().empty()) {
        fields.fail("stop_sequences", "each stop sequence must contain non-whitespace");
        return;
      }
      request.stop.push_back(one.as_string());
    }
  }
}

}  // namespace

std::string encode_chat_request(const ChatRequest& request) {
  json::Value body = object_of({{"model", request.model}});
  if (request.max_output_tokens) {
    body.set("max_tokens", *request.max_output_tokens);
  }
  std::string system;
  json::Value messages = json::Value::array();
  for (const Message& message : request.messages) {
    if (message.role == "system") {
      system += message.text;
    } else {
      messages.push(encode_message(message));
    }
  }
  if (!system.empty()) {
    body.set("system", system);
  }
  body.set("messages", std::move(messages));
  if (request.stream) {
    body.set("stream", true);
  }
  if (!request.stop.empty()) {
    body.set("stop_sequences", array_of(request.stop));
  }
  if (request.thinking_tokens) {
    body.set("thinking",
             *request.thinking_tokens < 0
                 ? object_of({{"type", "adaptive"}})
                 : object_of({{"type", "enabled"}, {"budget_tokens", *request.thinking_tokens}}));
  }
  if (!request.tools.empty()) {
    body.set("tools", encode_tools(request.tools));
  }
  if (!request.tool_choice.empty()) {
    body.set("tool_choice", encode_tool_choice(request.tool_choice));
  }
  return json::dump(body);
}

Result<ChatRequest> decode_chat_request(std::string_view text, MaxTokens max_tokens) {
  return decode_body<ChatRequest>(text, [&](Fields& fields, ChatRequest& request) {
    request.model = fields.text("model");
    request.max_output_tokens = fields.integer("max_tokens", 1, kManyTokens);
    if (max_tokens == MaxTokens::Required && fields.value().is_object() &&
        fields.find("max_tokens") == nullptr) {
      fields.fail("max_tokens", "Field required");
    }
    decode_messages(fields, request);
    request.stream = fields.flag("stream", false);
    request.include_usage = request.stream;  // always told
    decode_stop(fields, request);
    decode_thinking(fields, request);
    decode_tools(fields, request);
  });
}

}  // namespace rehearse::wire::anthropic
