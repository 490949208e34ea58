#include "harness/wire/openai_chat.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/openai_content.hpp"
#include "harness/wire/parsed_or_object.hpp"

namespace rehearse::wire {

std::int64_t input_tokens(const ChatRequest& request) {
  std::size_t bytes = request.schema.size();
  for (const Message& message : request.messages) {
    bytes += message.text.size();
    for (const ToolCall& call : message.tool_calls) {
      bytes += call.name.size() + call.arguments.size();
    }
  }
  for (const Tool& tool : request.tools) {
    bytes += tool.name.size() + tool.description.size() + tool.parameters.size();
  }
  return token_count(bytes);
}

namespace openai {
namespace {

constexpr std::int64_t kManyTokens = 100'000'000;
constexpr std::size_t kMostMessages = 100'000;
constexpr std::size_t kMostStops = 4;

json::Value encode_message(const Message& message) {
  json::Value out = object_of({{"role", message.role}, {"content", message.text}});
  if (!message.tool_calls.empty()) {
    json::Value& calls = out.set("tool_calls", json::Value::array());
    for (const ToolCall& call : message.tool_calls) {
      calls.push(object_of(
          {{"id", call.id},
           {"type", "function"},
           {"function", object_of({{"name", call.name}, {"arguments", call.arguments}})}}));
    }
  }
  if (!message.tool_call_id.empty()) {
    out.set("tool_call_id", message.tool_call_id);
  }
  return out;
}

json::Value encode_format(const ChatRequest& request) {
  if (request.format == TextFormat::JsonObject) {
    return object_of({{"type", "json_object"}});
  }
  return object_of({{"type", "json_schema"},
                    {"json_schema", object_of({{"name", "answer"},
                                               {"schema", parsed_or_object(request.schema)}})}});
}

json::Value encode_tool(const Tool& tool) {
  json::Value function = object_of({{"name", tool.name}});
  if (!tool.description.empty()) {
    function.set("description", tool.description);
  }
  if (!tool.parameters.empty()) {
    function.set("parameters", parsed_or_object(tool.parameters));
  }
  return object_of({{"type", "function"}, {"function", std::move(function)}});
}

bool is_choice_word(const std::string& choice) {
  return choice == "none" || choice == "auto" || choice == "required";
}

ToolCall decode_tool_call(const json::Value& value, const std::string& pointer, Errors& errors) {
  Fields fields(value, pointer, errors);
  ToolCall call{fields.text("id"), {}, {}};
  if (const json::Value* function = fields.object("function")) {
    Fields inner(*function, fields.pointer("function"), errors);
    call.name = inner.text("name");
    call.arguments = inner.text("arguments");
  }
  return call;
}

Message decode_message(const json::Value& value, const std::string& pointer, Errors& errors) {
  Fields fields(value, pointer, errors);
  Message message;
  message.role = fields.required_text("role");
  decode_content(fields, "image_url", message);
  if (const json::Value* calls = fields.array("tool_calls")) {
    for (std::size_t i = 0; i < calls->items().size(); ++i) {
      message.tool_calls.push_back(decode_tool_call(
          calls->items()[i], json::pointer_join(fields.pointer("tool_calls"), i), errors));
    }
  }
  message.tool_call_id = fields.text("tool_call_id");
  return message;
}

void decode_messages(Fields& fields, ChatRequest& request) {
  const json::Value* messages = fields.array("messages");
  if (messages == nullptr || messages->items().empty()) {
    fields.fail("messages", "expected an array of at least one message, found none");
    return;
  }
  if (messages->items().size() > kMostMessages) {
    fields.fail("messages", "expected at most " + std::to_string(kMostMessages) + " messages");
    return;
  }
  for (std::size_t i = 0; i < messages->items().size(); ++i) {
    const std::string pointer = json::pointer_join(fields.pointer("messages"), i);
    request.messages.push_back(decode_message(messages->items()[i], pointer, fields.errors()));
  }
}

void decode_format(Fields& fields, ChatRequest& request) {
  const json::Value* format = fields.object("response_format");
  if (format == nullptr) {
    return;
  }
  Fields inner(*format, fields.pointer("response_format"), fields.errors());
  const std::string type = inner.required_text("type");
  if (type == "json_object") {
    request.format = TextFormat::JsonObject;
  } else if (type == "json_schema") {
    request.format = TextFormat::JsonSchema;
    if (const json::Value* wrapper = inner.object("json_schema")) {
      const json::Value* schema = wrapper->find("schema");
      request.schema = schema == nullptr ? "{}" : json::dump(*schema);
    }
  } else if (type != "text" && !type.empty()) {
    inner.fail("type", expected_found("text, json_object or json_schema", *inner.find("type")));
  }
}

void decode_tools(Fields& fields, ChatRequest& request) {
  if (const json::Value* tools = fields.array("tools")) {
    for (std::size_t i = 0; i < tools->items().size(); ++i) {
      Fields tool(tools->items()[i], json::pointer_join(fields.pointer("tools"), i),
                  fields.errors());
      const json::Value* function = tool.object("function");
      if (function == nullptr) {
        continue;  // built-in tools have other shapes, which cost nothing here
      }
      Fields inner(*function, tool.pointer("function"), fields.errors());
      const json::Value* parameters = inner.find("parameters");
      request.tools.push_back({inner.required_text("name"), inner.text("description"),
                               parameters == nullptr ? "" : json::dump(*parameters)});
    }
  }
  const json::Value* choice = fields.find("tool_choice");
  if (choice != nullptr && choice->is_string()) {
    request.tool_choice = choice->as_string();
  } else if (choice != nullptr) {
    Fields outer(*choice, fields.pointer("tool_choice"), fields.errors());
    if (const json::Value* function = outer.object("function")) {
      Fields inner(*function, outer.pointer("function"), fields.errors());
      request.tool_choice = inner.text("name");
    }
  }
}

}  // namespace

void decode_content(Fields& fields, std::string_view image, Message& message) {
  const json::Value* content = fields.find("content");
  if (content == nullptr) {
    return;
  }
  if (content->is_string()) {
    message.text = content->as_string();
    return;
  }
  if (!content->is_array()) {
    fields.fail("content", expected_found("a string or an array of parts", *content));
    return;
  }
  for (std::size_t i = 0; i < content->items().size(); ++i) {
    Fields part(content->items()[i], json::pointer_join(fields.pointer("content"), i),
                fields.errors());
    if (part.text("type") == image) {
      ++message.images;
    } else {
      message.text += part.text("text", part.text("refusal"));
    }
  }
}

std::string encode_chat_request(const ChatRequest& request) {
  json::Value body = object_of({{"model", request.model}, {"messages", json::Value::array()}});
  for (const Message& message : request.messages) {
    body.find("messages")->push(encode_message(message));
  }
  if (request.max_output_tokens) {
    body.set("max_completion_tokens", *request.max_output_tokens);
  }
  if (request.choices != 1) {
    body.set("n", request.choices);
  }
  if (request.stream) {
    body.set("stream", true);
  }
  if (request.include_usage) {
    body.set("stream_options", object_of({{"include_usage", true}}));
  }
  if (request.format != TextFormat::Text) {
    body.set("response_format", encode_format(request));
  }
  if (!request.tools.empty()) {
    json::Value& tools = body.set("tools", json::Value::array());
    for (const Tool& tool : request.tools) {
      tools.push(encode_tool(tool));
    }
  }
  if (!request.tool_choice.empty()) {
    body.set("tool_choice",
             is_choice_word(request.tool_choice)
                 ? json::Value(request.tool_choice)
                 : object_of({{"type", "function"},
                              {"function", object_of({{"name", request.tool_choice}})}}));
  }
  if (!request.stop.empty()) {
    body.set("stop", array_of(request.stop));
  }
  if (request.logprobs) {
    body.set("logprobs", true);
  }
  if (!request.reasoning_effort.empty()) {
    body.set("reasoning_effort", request.reasoning_effort);
  }
  return json::dump(body);
}

Result<ChatRequest> decode_chat_request(std::string_view text) {
  return decode_body<ChatRequest>(text, [&](Fields& fields, ChatRequest& request) {
    request.model = fields.required_text("model");
    decode_messages(fields, request);
    const auto old_name = fields.integer("max_tokens", 1, kManyTokens);
    const auto new_name = fields.integer("max_completion_tokens", 1, kManyTokens);
    request.max_output_tokens = new_name ? new_name : old_name;
    request.choices = fields.integer("n", 1, 128).value_or(1);
    request.stream = fields.flag("stream", false);
    if (const json::Value* options = fields.object("stream_options")) {
      Fields inner(*options, fields.pointer("stream_options"), fields.errors());
      request.include_usage = inner.flag("include_usage", false);
    }
    decode_format(fields, request);
    decode_tools(fields, request);
    request.stop = fields.texts("stop");
    if (request.stop.size() > kMostStops) {
      fields.fail("stop", "array too long. Expected an array with maximum length 4");
    }
    request.logprobs = fields.flag("logprobs", false);
    request.reasoning_effort = fields.text("reasoning_effort");
  });
}

}  // namespace openai
}  // namespace rehearse::wire
