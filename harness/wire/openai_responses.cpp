#include "harness/wire/openai_responses.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/openai_content.hpp"

namespace rehearse::wire::openai {
namespace {

constexpr std::int64_t kMostTokens = 100'000'000;

Message decode_item(const json::Value& value, const std::string& pointer, Errors& errors) {
  Fields fields(value, pointer, errors);
  Message message;
  const std::string type = fields.text("type", "message");
  if (type == "function_call_output") {
    message.role = "tool";
    message.tool_call_id = fields.text("call_id");
    const json::Value* output = fields.find("output");
    message.text = output == nullptr     ? std::string()
                   : output->is_string() ? output->as_string()
                                         : json::dump(*output);
  } else if (type == "function_call") {
    message.role = "assistant";
    message.tool_calls.push_back(
        {fields.text("call_id"), fields.text("name"), fields.text("arguments")});
  } else if (type == "message") {
    message.role = fields.required_text("role");
    decode_content(fields, "input_image", message);
  } else {
    message.role = "assistant";  // reasoning and built-in tools: repeated, never read
  }
  return message;
}

json::Value text_item(std::string_view text) {
  return object_of(
      {{"type", "message"},
       {"role", "user"},
       {"content", std::vector<json::Value>{object_of({{"type", "input_text"}, {"text", text}})}}});
}

void decode_input(Fields& fields, ResponsesRequest& request) {
  request.input_items = json::Value::array();
  const json::Value* input = fields.find("input");
  if (input == nullptr) {
    fields.fail("input", "expected a string or an array of items, found nothing");
  } else if (input->is_string()) {
    request.chat.messages.push_back({"user", input->as_string(), 0, {}, ""});
    request.input_items.push(text_item(input->as_string()));
  } else if (input->is_array()) {
    for (std::size_t i = 0; i < input->items().size(); ++i) {
      const json::Value& item = input->items()[i];
      request.chat.messages.push_back(
          decode_item(item, json::pointer_join("/input", i), fields.errors()));
      if (item.is_object() && item.find("content") != nullptr &&
          item.find("content")->is_string()) {
        json::Value whole = text_item(item.find("content")->as_string());
        whole.set("role", request.chat.messages.back().role);
        request.input_items.push(std::move(whole));
      } else {
        request.input_items.push(item);
      }
    }
  } else {
    fields.fail("input", expected_found("a string or an array of items", *input));
  }
  std::int64_t number = 0;
  for (json::Value& item : request.input_items.items()) {
    if (item.is_object() && item.find("id") == nullptr) {
      item.set("id", "msg_input_" + std::to_string(number++));
    }
    if (item.is_object() && item.find("status") == nullptr) {
      item.set("status", "completed");
    }
  }
}

void decode_functions(Fields& fields, ChatRequest& chat) {
  const json::Value* tools = fields.array("tools");
  for (std::size_t i = 0; tools != nullptr && i < tools->items().size(); ++i) {
    Fields tool(tools->items()[i], json::pointer_join("/tools", i), fields.errors());
    if (tool.text("type") != "function") {
      continue;  // built-in tools: listed, never called
    }
    const json::Value* parameters = tool.find("parameters");
    chat.tools.push_back({tool.required_text("name"), tool.text("description"),
                          parameters == nullptr ? "" : json::dump(*parameters)});
  }
  const json::Value* choice = fields.find("tool_choice");
  if (choice != nullptr && choice->is_string()) {
    chat.tool_choice = choice->as_string();
  } else if (choice != nullptr) {
    chat.tool_choice = Fields(*choice, "/tool_choice", fields.errors()).text("name");
  }
}

void decode_text_format(Fields& fields, ChatRequest& chat) {
  const json::Value* text = fields.object("text");
  if (text == nullptr) {
    return;
  }
  Fields outer(*text, "/text", fields.errors());
  const json::Value* format = outer.object("format");
  if (format == nullptr) {
    return;
  }
  Fields inner(*format, "/text/format", fields.errors());
  const std::string type = inner.required_text("type");
  if (type == "json_object") {
    chat.format = TextFormat::JsonObject;
  } else if (type == "json_schema") {
    chat.format = TextFormat::JsonSchema;
    const json::Value* schema = inner.find("schema");
    chat.schema = schema == nullptr ? "{}" : json::dump(*schema);
  } else if (type != "text") {
    inner.fail("type", expected_found("text, json_object or json_schema", json::Value(type)));
  }
}

// What the reply repeats, with the defaults that the provider fills in.
json::Value echo_of(const json::Value& body) {
  json::Value echo = json::Value::object();
  const auto repeat = [&](const char* key, json::Value otherwise) {
    const json::Value* given = body.find(key);
    echo.set(key, given == nullptr || given->is_null() ? std::move(otherwise) : *given);
  };
  repeat("background", false);
  repeat("instructions", nullptr);
  repeat("max_output_tokens", nullptr);
  repeat("max_tool_calls", nullptr);
  repeat("metadata", json::Value::object());
  repeat("parallel_tool_calls", true);
  repeat("previous_response_id", nullptr);
  repeat("prompt_cache_key", nullptr);
  repeat("reasoning", object_of({{"effort", nullptr}, {"summary", nullptr}}));
  repeat("safety_identifier", nullptr);
  echo.set("service_tier", "default");
  repeat("store", true);
  repeat("temperature", 1.0);
  repeat("text", object_of({{"format", object_of({{"type", "text"}})}, {"verbosity", "medium"}}));
  repeat("tool_choice", "auto");
  repeat("tools", json::Value::array());
  repeat("top_logprobs", 0);
  repeat("top_p", 1.0);
  repeat("truncation", "disabled");
  if (const json::Value* user = body.find("user"); user != nullptr && user->is_string()) {
    echo.set("user", *user);
  }
  for (json::Value& tool : echo.find("tools")->items()) {
    if (tool.is_object() && tool.find("strict") == nullptr && tool.find("parameters") != nullptr) {
      tool.set("strict", true);
    }
  }
  return echo;
}

json::Value encode_input(const Message& message) {
  if (message.role == "tool") {
    return object_of({{"type", "function_call_output"},
                      {"call_id", message.tool_call_id},
                      {"output", message.text}});
  }
  return object_of({{"role", message.role}, {"content", message.text}});
}

}  // namespace

std::string encode_responses_request(const ResponsesRequest& request) {
  const ChatRequest& chat = request.chat;
  json::Value body = object_of({{"model", chat.model}, {"input", json::Value::array()}});
  for (const Message& message : chat.messages) {
    for (const ToolCall& call : message.tool_calls) {
      body.find("input")->push(object_of({{"type", "function_call"},
                                          {"call_id", call.id},
                                          {"name", call.name},
                                          {"arguments", call.arguments}}));
    }
    if (message.tool_calls.empty()) {
      body.find("input")->push(encode_input(message));
    }
  }
  if (chat.max_output_tokens) {
    body.set("max_output_tokens", *chat.max_output_tokens);
  }
  if (chat.stream) {
    body.set("stream", true);
  }
  if (request.background) {
    body.set("background", true);
  }
  if (!request.store) {
    body.set("store", false);
  }
  if (!chat.reasoning_effort.empty()) {
    body.set("reasoning", object_of({{"effort", chat.reasoning_effort}}));
  }
  return json::dump(body);
}

Result<ResponsesRequest> decode_responses_request(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  ResponsesRequest request;
  ChatRequest& chat = request.chat;
  chat.model = fields.required_text("model");
  if (const std::string instructions = fields.text("instructions"); !instructions.empty()) {
    chat.messages.push_back({"developer", instructions, 0, {}, ""});
  }
  decode_input(fields, request);
  chat.max_output_tokens = fields.integer("max_output_tokens", 1, kMostTokens);
  chat.stream = fields.flag("stream", false);
  chat.include_usage = true;
  request.background = fields.flag("background", false);
  request.store = fields.flag("store", true);
  if (request.background && !request.store) {
    fields.fail("background", "expected store to be true with background, found false");
  }
  if (const json::Value* reasoning = fields.object("reasoning")) {
    chat.reasoning_effort = Fields(*reasoning, "/reasoning", errors).text("effort");
  }
  decode_functions(fields, chat);
  decode_text_format(fields, chat);
  if (!errors.empty()) {
    return errors;
  }
  request.echo = echo_of(*body);
  return request;
}

}  // namespace rehearse::wire::openai
