#include "harness/wire/gemini_chat.hpp"

#include <algorithm>

#include "harness/json/write.hpp"
#include "harness/wire/gemini_fields.hpp"
#include "harness/wire/parsed_or_object.hpp"

namespace rehearse::wire::gemini {
namespace {

constexpr std::int64_t kManyTokens = 100'000'000;
constexpr std::size_t kMostContents = 100'000;

json::Value text_part(const std::string& text) { return object_of({{"text", text}}); }

json::Value encode_message(const Message& message) {
  json::Value parts = json::Value::array();
  if (!message.tool_call_id.empty()) {
    parts.push(object_of(
        {{"functionResponse", object_of({{"name", message.tool_call_id},
                                         {"response", object_of({{"result", message.text}})}})}}));
  } else if (!message.text.empty() || message.tool_calls.empty()) {
    parts.push(text_part(message.text));
  }
  for (const ToolCall& call : message.tool_calls) {
    parts.push(object_of(
        {{"functionCall",
          object_of({{"name", call.name}, {"args", parsed_or_object(call.arguments)}})}}));
  }
  return object_of(
      {{"role", message.role == "assistant" ? "model" : "user"}, {"parts", std::move(parts)}});
}

json::Value encode_config(const ChatRequest& request) {
  json::Value config = json::Value::object();
  if (request.max_output_tokens) {
    config.set("maxOutputTokens", *request.max_output_tokens);
  }
  if (request.choices != 1) {
    config.set("candidateCount", request.choices);
  }
  if (!request.stop.empty()) {
    config.set("stopSequences", array_of(request.stop));
  }
  if (request.format != TextFormat::Text) {
    config.set("responseMimeType", "application/json");
  }
  if (request.format == TextFormat::JsonSchema) {
    config.set("responseSchema", parsed_or_object(request.schema));
  }
  if (request.thinking_tokens) {
    config.set("thinkingConfig", object_of({{"thinkingBudget", *request.thinking_tokens},
                                            {"includeThoughts", request.show_thinking}}));
  }
  return config;
}

void encode_tools(const ChatRequest& request, json::Value& body) {
  if (!request.tools.empty()) {
    json::Value functions = json::Value::array();
    for (const Tool& tool : request.tools) {
      json::Value& one = functions.push(object_of({{"name", tool.name}}));
      if (!tool.description.empty()) {
        one.set("description", tool.description);
      }
      if (!tool.parameters.empty()) {
        one.set("parameters", parsed_or_object(tool.parameters));
      }
    }
    json::Value group = object_of({{"functionDeclarations", std::move(functions)}});
    body.set("tools", std::vector<json::Value>{std::move(group)});
  }
  const std::string& choice = request.tool_choice;
  if (choice.empty()) {
    return;
  }
  const bool named = choice != "none" && choice != "auto" && choice != "required";
  json::Value calling = object_of({{"mode", choice == "none"   ? "NONE"
                                            : choice == "auto" ? "AUTO"
                                                               : "ANY"}});
  if (named) {
    calling.set("allowedFunctionNames", std::vector<json::Value>{choice});
  }
  body.set("toolConfig", object_of({{"functionCallingConfig", std::move(calling)}}));
}

// What one part brings; Google's own parts (code, files) bring nothing but their presence.
void decode_part(Fields& part, Message& message) {
  message.text += part.text("text");
  if (part.object(key_of(part, "inlineData")) != nullptr ||
      part.object(key_of(part, "fileData")) != nullptr) {
    ++message.images;
  }
  if (const json::Value* call = part.object(key_of(part, "functionCall"))) {
    Fields inner(*call, part.pointer("functionCall"), part.errors());
    const json::Value* args = inner.object("args");
    message.tool_calls.push_back({inner.text("id"), inner.required_text("name"),
                                  args == nullptr ? "{}" : json::dump(*args)});
  }
  if (const json::Value* answer = part.object(key_of(part, "functionResponse"))) {
    Fields inner(*answer, part.pointer("functionResponse"), part.errors());
    message.tool_call_id = inner.required_text("name");
    if (const json::Value* response = inner.object("response")) {
      message.text += json::dump(*response);
    }
  }
}

Message decode_content(const json::Value& value, const std::string& pointer, Errors& errors) {
  Fields content(value, pointer, errors);
  Message message;
  const std::string role = content.text("role", "user");
  message.role = role == "model" ? "assistant" : role;
  if (value.is_object() && role != "user" && role != "model" && role != "function" &&
      role != "system") {
    content.fail("role", "Please use a valid role: user, model.");
  }
  if (const json::Value* parts = content.array("parts")) {
    for (std::size_t i = 0; i < parts->items().size(); ++i) {
      Fields part(parts->items()[i], json::pointer_join(content.pointer("parts"), i), errors);
      decode_part(part, message);
    }
  }
  return message;
}

void decode_contents(Fields& fields, ChatRequest& request) {
  const std::string system = key_of(fields, "systemInstruction");
  if (const json::Value* value = fields.object(system)) {
    Message message = decode_content(*value, fields.pointer(system), fields.errors());
    message.role = "system";
    request.messages.push_back(std::move(message));
  }
  const json::Value* contents = fields.array("contents");
  if (contents == nullptr || contents->items().empty()) {
    fields.fail("contents", "contents is not specified");
    return;
  }
  if (contents->items().size() > kMostContents) {
    fields.fail("contents", "at most 100,000 contents are allowed");
    return;
  }
  for (std::size_t i = 0; i < contents->items().size(); ++i) {
    request.messages.push_back(decode_content(
        contents->items()[i], json::pointer_join(fields.pointer("contents"), i), fields.errors()));
  }
}

void decode_thinking(Fields& config, ChatRequest& request) {
  const std::string key = key_of(config, "thinkingConfig");
  const json::Value* thinking = config.object(key);
  if (thinking == nullptr) {
    return;
  }
  Fields inner(*thinking, config.pointer(key), config.errors());
  const auto budget = inner.integer(key_of(inner, "thinkingBudget"), -1, kManyTokens);
  const bool level = !inner.text(key_of(inner, "thinkingLevel")).empty();
  request.show_thinking = inner.flag(key_of(inner, "includeThoughts"), false);
  if (budget ? *budget != 0 : level || request.show_thinking) {
    request.thinking_tokens = budget.value_or(-1);
  }
}

void decode_format(Fields& config, ChatRequest& request) {
  const std::string type = config.text(key_of(config, "responseMimeType"));
  request.format = type == "application/json" ? TextFormat::JsonObject : TextFormat::Text;
  for (const char* key : {"responseSchema", "responseJsonSchema"}) {
    if (const json::Value* schema = config.object(key_of(config, key))) {
      if (request.format == TextFormat::Text) {
        config.fail(key, "responseMimeType application/json is required with a response schema");
      }
      request.format = TextFormat::JsonSchema;
      request.schema = json::dump(*schema);
    }
  }
}

void decode_config(Fields& fields, ChatRequest& request) {
  const std::string key = key_of(fields, "generationConfig");
  const json::Value* value = fields.object(key);
  if (value == nullptr) {
    return;
  }
  Fields config(*value, fields.pointer(key), fields.errors());
  request.max_output_tokens = config.integer(key_of(config, "maxOutputTokens"), 1, kManyTokens);
  request.choices = config.integer(key_of(config, "candidateCount"), 1, 8).value_or(1);
  request.stop = config.texts(key_of(config, "stopSequences"));
  decode_format(config, request);
  decode_thinking(config, request);
}

void decode_tools(Fields& fields, ChatRequest& request) {
  if (const json::Value* groups = fields.array("tools")) {
    for (std::size_t g = 0; g < groups->items().size(); ++g) {
      Fields group(groups->items()[g], json::pointer_join(fields.pointer("tools"), g),
                   fields.errors());
      const std::string key = key_of(group, "functionDeclarations");
      const json::Value* functions = group.array(key);
      for (std::size_t i = 0; functions != nullptr && i < functions->items().size(); ++i) {
        Fields one(functions->items()[i], json::pointer_join(group.pointer(key), i),
                   fields.errors());
        const json::Value* schema = one.find("parameters");
        schema = schema == nullptr ? one.find(key_of(one, "parametersJsonSchema")) : schema;
        request.tools.push_back({one.required_text("name"), one.text("description"),
                                 schema == nullptr ? "" : json::dump(*schema)});
      }
    }
  }
  const std::string key = key_of(fields, "toolConfig");
  const json::Value* config = fields.object(key);
  const json::Value* calling = config == nullptr ? nullptr : config->find("functionCallingConfig");
  if (calling == nullptr) {
    return;
  }
  Fields inner(*calling, fields.pointer(key), fields.errors());
  const std::string mode = inner.text("mode", "AUTO");
  request.tool_choice = mode == "ANY" ? "required" : mode == "NONE" ? "none" : "auto";
  const json::Value* names = inner.array("allowedFunctionNames");
  if (mode == "ANY" && names != nullptr && names->items().size() == 1 &&
      names->items().front().is_string()) {
    request.tool_choice = names->items().front().as_string();
  }
}

}  // namespace

std::string encode_chat_request(const ChatRequest& request) {
  json::Value body = json::Value::object();
  json::Value contents = json::Value::array();
  std::string system;
  for (const Message& message : request.messages) {
    if (message.role == "system") {
      system += message.text;
    } else {
      contents.push(encode_message(message));
    }
  }
  body.set("contents", std::move(contents));
  if (!system.empty()) {
    body.set("systemInstruction",
             object_of({{"parts", std::vector<json::Value>{text_part(system)}}}));
  }
  json::Value config = encode_config(request);
  if (!config.members().empty()) {
    body.set("generationConfig", std::move(config));
  }
  encode_tools(request, body);
  return json::dump(body);
}

Result<ChatRequest> decode_chat_request(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  // countTokens may wrap the whole request.
  if (const json::Value* wrapped = fields.object(key_of(fields, "generateContentRequest"))) {
    return decode_chat_request(json::dump(*wrapped));
  }
  ChatRequest request;
  decode_contents(fields, request);
  decode_config(fields, request);
  decode_tools(fields, request);
  if (!errors.empty()) {
    return errors;
  }
  return request;
}

Result<std::string> complete_chat_request(std::string_view text, std::int64_t max_output_tokens) {
  auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  if (!body->is_object()) {
    return Error{"request", expected_found("an object", *body)};
  }
  if (max_output_tokens > 0) {
    json::Value* config = body->find("generationConfig");
    if (config == nullptr || !config->is_object()) {
      config = &body->set("generationConfig", json::Value::object());
    }
    if (config->find("maxOutputTokens") == nullptr) {
      config->set("maxOutputTokens", max_output_tokens);
    }
  }
  return json::dump(*body);
}

std::string encode_token_count(std::int64_t tokens) {
  return json::dump(object_of({{"totalTokens", tokens}}));
}

Result<std::int64_t> decode_token_count(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  const auto tokens = fields.integer("totalTokens", 0, 1'000'000'000'000);
  if (!errors.empty()) {
    return errors;
  }
  return tokens.value_or(0);  // zero is left out on the wire
}

}  // namespace rehearse::wire::gemini
