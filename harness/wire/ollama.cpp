#include "harness/wire/ollama.hpp"

#include <cmath>

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/time_text.hpp"

namespace rehearse::wire::ollama {
namespace {

constexpr double kForever = 1e9;

void decode_messages(Fields& fields, ChatRequest& request) {
  const json::Value* messages = fields.array("messages");
  if (messages == nullptr) {
    return;  // an empty chat loads the model
  }
  for (std::size_t i = 0; i < messages->items().size(); ++i) {
    Fields one(messages->items()[i], json::pointer_join("/messages", i), fields.errors());
    Message message;
    message.role = one.required_text("role");
    message.text = one.text("content");
    if (const json::Value* images = one.array("images")) {
      message.images = static_cast<std::int64_t>(images->items().size());
    }
    request.messages.push_back(std::move(message));
  }
}

void decode_prompt(Fields& fields, ChatRequest& request) {
  if (const std::string system = fields.text("system"); !system.empty()) {
    request.messages.push_back({"system", system, 0, {}, ""});
  }
  if (const std::string prompt = fields.text("prompt"); !prompt.empty()) {
    Message message{"user", prompt, 0, {}, ""};
    if (const json::Value* images = fields.array("images")) {
      message.images = static_cast<std::int64_t>(images->items().size());
    }
    request.messages.push_back(std::move(message));
  }
}

void decode_format(Fields& fields, ChatRequest& request) {
  const json::Value* format = fields.find("format");
  if (format == nullptr || (format->is_string() && format->as_string().empty())) {
    return;
  }
  if (format->is_string() && format->as_string() == "json") {
    request.format = TextFormat::JsonObject;
  } else if (format->is_object()) {
    request.format = TextFormat::JsonSchema;
    request.schema = json::dump(*format);
  } else {
    fields.fail("format", expected_found("\"json\" or a schema", *format));
  }
}

void decode_tools(Fields& fields, ChatRequest& request) {
  const json::Value* tools = fields.array("tools");
  for (std::size_t i = 0; tools != nullptr && i < tools->items().size(); ++i) {
    Fields tool(tools->items()[i], json::pointer_join("/tools", i), fields.errors());
    if (const json::Value* function = tool.object("function")) {
      Fields inner(*function, tool.pointer("function"), fields.errors());
      const json::Value* parameters = inner.find("parameters");
      request.tools.push_back({inner.required_text("name"), inner.text("description"),
                               parameters == nullptr ? "" : json::dump(*parameters)});
    }
  }
}

// Seconds as a number, or a Go duration; negative: for ever.
void decode_keep_alive(Fields& fields, ChatRequest& request) {
  const json::Value* value = fields.find("keep_alive");
  if (value == nullptr) {
    return;
  }
  if (value->is_number()) {
    const double seconds = value->as_double();
    request.keep_alive = Duration::from_seconds(seconds < 0 ? kForever : seconds);
    return;
  }
  const bool endless = value->is_string() && value->as_string().starts_with('-');
  const auto duration = value->is_string()
                            ? parse_go_duration(value->as_string().substr(endless ? 1 : 0))
                            : std::nullopt;
  if (!duration) {
    fields.fail("keep_alive", expected_found("seconds or a duration such as \"5m\"", *value));
  } else {
    request.keep_alive = endless ? Duration::from_seconds(kForever) : *duration;
  }
}

json::Value encode_message(const Message& message) {
  return object_of({{"role", message.role}, {"content", message.text}});
}

}  // namespace

std::string encode_request(const ChatRequest& request, Api api) {
  json::Value body = object_of({{"model", request.model}});
  if (api == Api::Chat) {
    json::Value& messages = body.set("messages", json::Value::array());
    for (const Message& message : request.messages) {
      messages.push(encode_message(message));
    }
  } else {
    std::string prompt;
    for (const Message& message : request.messages) {
      if (message.role == "system") {
        body.set("system", message.text);
      } else {
        prompt += message.text;
      }
    }
    body.set("prompt", std::move(prompt));
  }
  body.set("stream", request.stream);
  json::Value options = json::Value::object();
  if (request.max_output_tokens) {
    options.set("num_predict", *request.max_output_tokens);
  }
  if (!request.stop.empty()) {
    options.set("stop", array_of(request.stop));
  }
  if (!options.members().empty()) {
    body.set("options", std::move(options));
  }
  if (request.format == TextFormat::JsonObject) {
    body.set("format", "json");
  } else if (request.format == TextFormat::JsonSchema) {
    const auto schema = parse_body(request.schema);
    body.set("format", schema ? *schema : json::Value::object());
  }
  if (request.keep_alive) {
    body.set("keep_alive", go_duration_text(*request.keep_alive));
  }
  return json::dump(body);
}

Result<ChatRequest> decode_request(std::string_view text, Api api) {
  return decode_body<ChatRequest>(text, [&](Fields& fields, ChatRequest& request) {
    request.model = fields.required_text("model");
    request.stream = fields.flag("stream", true);
    request.include_usage = true;  // the last line always has it
    if (api == Api::Chat) {
      decode_messages(fields, request);
    } else {
      decode_prompt(fields, request);
    }
    if (const json::Value* options = fields.object("options")) {
      Fields inner(*options, "/options", fields.errors());
      const auto most = inner.integer("num_predict", -2, 100'000'000);
      if (most && *most >= 0) {
        request.max_output_tokens = most;
      }
      request.stop = inner.texts("stop");
    }
    decode_format(fields, request);
    decode_tools(fields, request);
    decode_keep_alive(fields, request);
  });
}

}  // namespace rehearse::wire::ollama
