#include <array>

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/openai_responses.hpp"
#include "harness/wire/openai_usage.hpp"

namespace rehearse::wire::openai {
namespace {

constexpr std::array<std::string_view, 6> kStatuses = {"queued",     "in_progress", "completed",
                                                       "incomplete", "failed",      "cancelled"};

// "msg_x" for "resp_x": items are named after their response.
std::string item_id(std::string_view prefix, const std::string& id) {
  const std::size_t underscore = id.find('_');
  return std::string(prefix) + (underscore == id.npos ? id : id.substr(underscore + 1));
}

json::Value text_part(std::string_view text) {
  return object_of({{"type", "output_text"},
                    {"text", text},
                    {"annotations", json::Value::array()},
                    {"logprobs", json::Value::array()}});
}

json::Value message_item(const std::string& id, const char* status, json::Value content) {
  return object_of({{"id", id},
                    {"type", "message"},
                    {"status", status},
                    {"role", "assistant"},
                    {"content", std::move(content)}});
}

json::Value call_item(const std::string& id, const char* status, const ToolCall& call) {
  return object_of({{"id", id},
                    {"type", "function_call"},
                    {"status", status},
                    {"call_id", call.id},
                    {"name", call.name},
                    {"arguments", call.arguments}});
}

json::Value reasoning_item(const std::string& id) {
  return object_of(
      {{"id", item_id("rs_", id)}, {"type", "reasoning"}, {"summary", json::Value::array()}});
}

json::Value encode_response_usage(const Usage& usage) {
  return object_of(
      {{"input_tokens", usage.input_tokens},
       {"input_tokens_details",
        object_of({{"cached_tokens", usage.cached_tokens}, {"cache_write_tokens", 0}})},
       {"output_tokens", usage.output_tokens},
       {"output_tokens_details", object_of({{"reasoning_tokens", usage.reasoning_tokens}})},
       {"total_tokens", usage.input_tokens + usage.output_tokens}});
}

bool has_output(ResponseStatus status) {
  return status == ResponseStatus::Completed || status == ResponseStatus::Incomplete;
}

json::Value output_of(const ResponsesReply& reply) {
  json::Value output = json::Value::array();
  if (!has_output(reply.status)) {
    return output;
  }
  if (reply.usage && reply.usage->reasoning_tokens > 0) {
    output.push(reasoning_item(reply.id));
  }
  const char* status = reply.status == ResponseStatus::Completed ? "completed" : "incomplete";
  for (const ToolCall& call : reply.tool_calls) {
    output.push(call_item(item_id("fc_", reply.id), status, call));
  }
  if (reply.tool_calls.empty()) {
    output.push(message_item(item_id("msg_", reply.id), status,
                             std::vector<json::Value>{text_part(reply.text)}));
  }
  return output;
}

json::Value response_value(const ResponsesReply& reply) {
  const bool failed = reply.status == ResponseStatus::Failed;
  const bool cut = reply.status == ResponseStatus::Incomplete;
  json::Value body = object_of(
      {{"id", reply.id},
       {"object", "response"},
       {"created_at", reply.created_s},
       {"status", response_status_name(reply.status)},
       {"error", failed ? object_of({{"code", reply.error_code}, {"message", reply.error_message}})
                        : json::Value()},
       {"incomplete_details", cut ? object_of({{"reason", "max_output_tokens"}}) : json::Value()},
       {"model", reply.model},
       {"output", output_of(reply)}});
  for (const json::Member& member : reply.echo.members()) {
    body.set(member.key, member.value);
  }
  if (reply.usage && has_output(reply.status)) {
    body.set("usage", encode_response_usage(*reply.usage));
  }
  return body;
}

void decode_output(Fields& fields, ResponsesReply& reply) {
  const json::Value* output = fields.array("output");
  for (std::size_t i = 0; output != nullptr && i < output->items().size(); ++i) {
    Fields item(output->items()[i], json::pointer_join(fields.pointer("output"), i),
                fields.errors());
    const std::string type = item.text("type");
    if (type == "function_call") {
      reply.tool_calls.push_back({item.text("call_id"), item.text("name"), item.text("arguments")});
    }
    const json::Value* content = type == "message" ? item.array("content") : nullptr;
    for (std::size_t k = 0; content != nullptr && k < content->items().size(); ++k) {
      Fields part(content->items()[k], json::pointer_join(item.pointer("content"), k),
                  fields.errors());
      reply.text += part.text("text");
    }
  }
}

ResponsesReply decode_reply(Fields& fields) {
  ResponsesReply reply;
  reply.id = fields.required_text("id");
  reply.model = fields.text("model");
  reply.created_s = fields.integer("created_at", 0, INT64_MAX).value_or(0);
  const std::string status = fields.text("status", "completed");
  for (std::size_t i = 0; i < kStatuses.size(); ++i) {
    if (kStatuses[i] == status) {
      reply.status = static_cast<ResponseStatus>(i);
    }
  }
  decode_output(fields, reply);
  reply.usage = decode_usage(fields, "input", "output");
  if (const json::Value* error = fields.object("error")) {
    Fields inner(*error, fields.pointer("error"), fields.errors());
    reply.error_code = inner.text("code");
    reply.error_message = inner.text("message");
  }
  return reply;
}

}  // namespace

std::string_view response_status_name(ResponseStatus status) {
  return kStatuses[static_cast<std::size_t>(status)];
}

std::string encode_response(const ResponsesReply& reply) {
  return json::dump(response_value(reply));
}

Result<ResponsesReply> decode_response(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  ResponsesReply reply = decode_reply(fields);
  if (!errors.empty()) {
    return errors;
  }
  return reply;
}

std::string encode_input_items(const json::Value& items) {
  json::Value body = object_of({{"object", "list"}, {"data", items}, {"has_more", false}});
  const auto id = [](const json::Value& item) {
    const json::Value* found = item.find("id");
    return found == nullptr ? json::Value() : *found;
  };
  const bool some = items.is_array() && !items.items().empty();
  body.set("first_id", some ? id(items.items().front()) : json::Value(""));
  body.set("last_id", some ? id(items.items().back()) : json::Value(""));
  return json::dump(body);
}

std::string encode_deleted_response(std::string_view id) {
  return json::dump(object_of({{"id", id}, {"object", "response"}, {"deleted", true}}));
}

// ---- streams
// ---------------------------------------------------------------------------------------

ResponseStreamWriter::ResponseStreamWriter(ResponsesReply reply, bool reasons)
    : reply_(std::move(reply)), reasons_(reasons) {
  item_id_ = item_id(calls() ? "fc_" : "msg_", reply_.id);
  output_index_ = reasons ? 1 : 0;
  const std::string type =
      calls() ? "response.function_call_arguments.delta" : "response.output_text.delta";
  delta_head_ = "event: " + type + "\ndata: {\"type\":\"" + type +
                "\",\"item_id\":" + json::dump(item_id_) +
                ",\"output_index\":" + std::to_string(output_index_) +
                (calls() ? "" : ",\"content_index\":0,\"logprobs\":[]") + ",\"sequence_number\":";
}

std::string ResponseStreamWriter::event(const char* type, json::Value body) {
  json::Value whole = object_of({{"type", type}, {"sequence_number", sequence_++}});
  for (json::Member& member : body.members()) {
    whole.set(member.key, std::move(member.value));
  }
  return "event: " + std::string(type) + "\ndata: " + json::dump(whole) + "\n\n";
}

std::string ResponseStreamWriter::state(const char* type) {
  return event(type, object_of({{"response", response_value(reply_)}}));
}

std::string ResponseStreamWriter::error(std::string_view code, std::string_view message) {
  return event("error",
               object_of({{"code", code}, {"message", message}, {"param", json::Value()}}));
}

std::string ResponseStreamWriter::begin() {
  reply_.status = ResponseStatus::InProgress;
  // One after the other: each takes the next sequence number.
  std::string out = state("response.created");
  out += state("response.in_progress");
  if (reasons_) {
    const json::Value item = object_of({{"output_index", 0}, {"item", reasoning_item(reply_.id)}});
    out += event("response.output_item.added", item);
    out += event("response.output_item.done", item);
  }
  const json::Value item = calls() ? call_item(item_id_, "in_progress", reply_.tool_calls.front())
                                   : message_item(item_id_, "in_progress", json::Value::array());
  out += event("response.output_item.added",
               object_of({{"output_index", output_index_}, {"item", item}}));
  if (!calls()) {
    out += event("response.content_part.added", object_of({{"item_id", item_id_},
                                                           {"output_index", output_index_},
                                                           {"content_index", 0},
                                                           {"part", text_part("")}}));
  }
  return out;
}

std::string ResponseStreamWriter::delta(std::string_view piece) {
  said_ += piece;
  std::string out = delta_head_;
  out += std::to_string(sequence_++);
  out += ",\"delta\":" + json::dump(piece) + "}\n\n";
  return out;
}

std::string ResponseStreamWriter::end(ResponseStatus status, const Usage& usage) {
  const char* done = status == ResponseStatus::Completed ? "completed" : "incomplete";
  std::string out;
  json::Value item;
  if (calls()) {
    reply_.tool_calls.front().arguments = said_;
    item = call_item(item_id_, done, reply_.tool_calls.front());
    out += event("response.function_call_arguments.done",
                 object_of({{"item_id", item_id_},
                            {"output_index", output_index_},
                            {"name", reply_.tool_calls.front().name},
                            {"arguments", said_}}));
  } else {
    reply_.text = said_;
    item = message_item(item_id_, done, std::vector<json::Value>{text_part(said_)});
    const json::Value place =
        object_of({{"item_id", item_id_}, {"output_index", output_index_}, {"content_index", 0}});
    json::Value text = place;
    text.set("text", said_);
    text.set("logprobs", json::Value::array());
    json::Value part = place;
    part.set("part", text_part(said_));
    out += event("response.output_text.done", std::move(text));
    out += event("response.content_part.done", std::move(part));
  }
  out += event("response.output_item.done",
               object_of({{"output_index", output_index_}, {"item", std::move(item)}}));
  reply_.status = status;
  reply_.usage = usage;
  return out +
         state(status == ResponseStatus::Completed ? "response.completed" : "response.incomplete");
}

Result<ResponseEvent> decode_response_event(std::string_view data) {
  const auto body = parse_body(data);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  ResponseEvent event;
  event.type = fields.required_text("type");
  if (event.type == "error") {
    return Error{"event stream", fields.text("message", "an error without a message")};
  }
  event.sequence = fields.integer("sequence_number", 0, INT64_MAX).value_or(-1);
  if (event.type.ends_with(".delta")) {
    event.delta = fields.text("delta");
  }
  if (const json::Value* response = fields.object("response")) {
    Fields inner(*response, "/response", errors);
    event.reply = decode_reply(inner);
  }
  if (!errors.empty()) {
    return errors;
  }
  return event;
}

}  // namespace rehearse::wire::openai
