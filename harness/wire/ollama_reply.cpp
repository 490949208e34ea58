#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/ollama.hpp"
#include "harness/wire/time_text.hpp"

namespace rehearse::wire::ollama {
namespace {

// Ollama leaves out what is zero.
void set_positive(json::Value& body, const char* key, std::int64_t value) {
  if (value > 0) {
    body.set(key, value);
  }
}

Duration duration_of(Fields& fields, std::string_view key) {
  return Duration::nanoseconds(fields.integer(key, 0, INT64_MAX).value_or(0));
}

}  // namespace

std::string encode_line(const Line& line, Api api) {
  json::Value body = object_of({{"model", line.model}, {"created_at", rfc3339(line.created)}});
  if (api == Api::Chat) {
    json::Value& message =
        body.set("message", object_of({{"role", "assistant"}, {"content", line.text}}));
    for (const ToolCall& call : line.tool_calls) {
      if (message.find("tool_calls") == nullptr) {
        message.set("tool_calls", json::Value::array());
      }
      const auto arguments = parse_body(call.arguments);
      message.find("tool_calls")
          ->push(object_of(
              {{"function",
                object_of({{"name", call.name},
                           {"arguments", arguments ? *arguments : json::Value::object()}})}}));
    }
  } else {
    body.set("response", line.text);
  }
  body.set("done", line.done);
  if (line.done) {
    body.set("done_reason", line.done_reason.empty() ? "stop" : line.done_reason);
    set_positive(body, "total_duration", line.timing.total().count_ns());
    set_positive(body, "load_duration", line.timing.load.count_ns());
    set_positive(body, "prompt_eval_count", line.usage.input_tokens);
    set_positive(body, "prompt_eval_duration", line.timing.prompt.count_ns());
    set_positive(body, "eval_count", line.usage.output_tokens);
    set_positive(body, "eval_duration", line.timing.generate.count_ns());
  }
  return json::dump(body);
}

Result<Line> decode_line(std::string_view text, Api api) {
  const auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  if (const json::Value* error = body->find("error")) {
    return Error{"line stream", error->is_string() ? error->as_string() : json::dump(*error)};
  }
  Errors errors;
  Fields fields(*body, "", errors);
  Line line;
  line.model = fields.text("model");
  if (api == Api::Generate) {
    line.text = fields.text("response");
  } else if (const json::Value* message = fields.object("message")) {
    Fields inner(*message, "/message", errors);
    line.text = inner.text("content");
    const json::Value* calls = inner.array("tool_calls");
    for (std::size_t i = 0; calls != nullptr && i < calls->items().size(); ++i) {
      Fields call(calls->items()[i], json::pointer_join("/message/tool_calls", i), errors);
      if (const json::Value* function = call.object("function")) {
        Fields named(*function, call.pointer("function"), errors);
        const json::Value* arguments = named.find("arguments");
        line.tool_calls.push_back(
            {"", named.text("name"), arguments == nullptr ? "{}" : json::dump(*arguments)});
      }
    }
  }
  line.done = fields.flag("done", false);
  if (line.done) {
    line.done_reason = fields.text("done_reason", "stop");
    line.timing = {duration_of(fields, "load_duration"),
                   duration_of(fields, "prompt_eval_duration"),
                   duration_of(fields, "eval_duration")};
    line.usage.input_tokens = fields.integer("prompt_eval_count", 0, INT64_MAX).value_or(0);
    line.usage.output_tokens = fields.integer("eval_count", 0, INT64_MAX).value_or(0);
  }
  if (!errors.empty()) {
    return errors;
  }
  return line;
}

std::string encode_error(std::string_view message) {
  return json::dump(object_of({{"error", message}}));
}

std::string encode_tags(const std::vector<LocalModel>& models) {
  json::Value body = object_of({{"models", json::Value::array()}});
  for (const LocalModel& model : models) {
    body.find("models")->push(
        object_of({{"name", model.name},
                   {"model", model.name},
                   {"modified_at", rfc3339(Instant())},
                   {"size", model.bytes},
                   {"digest", std::string(64, '0')},
                   {"details", object_of({{"format", "gguf"},
                                          {"family", "llama"},
                                          {"parameter_size", "8B"},
                                          {"quantization_level", "Q4_K_M"}})}}));
  }
  return json::dump(body);
}

Result<std::vector<LocalModel>> decode_tags(std::string_view text) {
  return decode_body<std::vector<LocalModel>>(
      text, [](Fields& fields, std::vector<LocalModel>& models) {
        if (const json::Value* all = fields.array("models")) {
          for (std::size_t i = 0; i < all->items().size(); ++i) {
            Fields one(all->items()[i], json::pointer_join("/models", i), fields.errors());
            models.push_back(
                {one.required_text("name"), one.integer("size", 0, INT64_MAX).value_or(0)});
          }
        }
      });
}

}  // namespace rehearse::wire::ollama
