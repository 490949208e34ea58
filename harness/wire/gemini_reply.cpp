#include "harness/json/write.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_error.hpp"
#include "harness/wire/gemini_fields.hpp"

namespace rehearse::wire::gemini {
namespace {

json::Value encode_candidate(const ChatChoice& choice, std::int64_t index, bool last) {
  json::Value parts = json::Value::array();
  if (!choice.thinking.empty()) {
    parts.push(object_of({{"text", choice.thinking}, {"thought", true}}));
  }
  if (!choice.text.empty()) {
    parts.push(object_of({{"text", choice.text}}));
  }
  for (const ToolCall& call : choice.tool_calls) {
    auto args = parse_body(call.arguments);
    json::Value function =
        object_of({{"name", call.name},
                   {"args", args && args->is_object() ? std::move(*args) : json::Value::object()}});
    if (!call.id.empty()) {
      function.set("id", call.id);
    }
    parts.push(object_of({{"functionCall", std::move(function)}}));
  }
  if (parts.items().empty()) {
    parts.push(object_of({{"text", ""}}));
  }
  json::Value out = object_of(
      {{"content", object_of({{"parts", std::move(parts)}, {"role", "model"}})}, {"index", index}});
  if (last) {
    out.set("finishReason", finish_reason_name(choice.finish));
  }
  return out;
}

FinishReason parse_finish_reason(std::string_view name) {
  return name == "MAX_TOKENS"           ? FinishReason::Length
         : name == "STOP" || name == "" ? FinishReason::Stop
                                        : FinishReason::ContentFilter;
}

void decode_part(Fields& part, ChatChoice& choice) {
  (part.flag("thought", false) ? choice.thinking : choice.text) += part.text("text");
  if (const json::Value* call = part.object("functionCall")) {
    Fields inner(*call, part.pointer("functionCall"), part.errors());
    const json::Value* args = inner.object("args");
    choice.tool_calls.push_back(
        {inner.text("id"), inner.text("name"), args == nullptr ? "{}" : json::dump(*args)});
  }
}

// One candidate; `finish` stays empty where it says no reason, as in the middle of a stream.
ChatChoice decode_candidate(Fields& candidate, std::optional<FinishReason>& finish) {
  ChatChoice choice;
  const json::Value* content = candidate.object("content");
  if (content != nullptr) {
    Fields inner(*content, candidate.pointer("content"), candidate.errors());
    const json::Value* parts = inner.array("parts");
    for (std::size_t i = 0; parts != nullptr && i < parts->items().size(); ++i) {
      Fields part(parts->items()[i], json::pointer_join(inner.pointer("parts"), i),
                  candidate.errors());
      decode_part(part, choice);
    }
  }
  if (const std::string reason = candidate.text("finishReason"); !reason.empty()) {
    finish = parse_finish_reason(reason);
    if (*finish == FinishReason::Stop && !choice.tool_calls.empty()) {
      finish = FinishReason::ToolCalls;  // Gemini says STOP
    }
    choice.finish = *finish;
  }
  return choice;
}

}  // namespace

std::string_view finish_reason_name(FinishReason reason) {
  switch (reason) {
    case FinishReason::Length:
      return "MAX_TOKENS";
    case FinishReason::ContentFilter:
      return "SAFETY";
    case FinishReason::Stop:
    case FinishReason::ToolCalls:
      break;
  }
  return "STOP";
}

std::string encode_chat_part(const ReplyPart& part) {
  const ChatReply& reply = part.reply;
  json::Value candidates = json::Value::array();
  for (std::size_t i = 0; i < reply.choices.size(); ++i) {
    candidates.push(encode_candidate(reply.choices[i], static_cast<std::int64_t>(i), part.last));
  }
  json::Value body = object_of({{"candidates", std::move(candidates)}});
  if (reply.usage) {
    body.set("usageMetadata", encode_usage(*reply.usage));
  }
  body.set("modelVersion", reply.model);
  body.set("responseId", reply.id);
  return json::dump(body);
}

Result<ChatReply> decode_chat_reply(std::string_view text) {
  return decode_body<ChatReply>(text, [&](Fields& fields, ChatReply& reply) {
    reply.id = fields.text("responseId");
    reply.model = fields.text("modelVersion");
    const json::Value* candidates = fields.array("candidates");
    // A prompt that was blocked has none.
    if (candidates == nullptr && fields.find("promptFeedback") == nullptr) {
      fields.fail("candidates", "expected an array, found nothing");
      return;
    }
    for (std::size_t i = 0; candidates != nullptr && i < candidates->items().size(); ++i) {
      Fields candidate(candidates->items()[i], json::pointer_join("/candidates", i),
                       fields.errors());
      std::optional<FinishReason> finish;
      reply.choices.push_back(decode_candidate(candidate, finish));
    }
    reply.usage = decode_usage(fields);
  });
}

Result<ChatChunk> decode_chat_chunk(std::string_view data) {
  const auto body = parse_body(data);
  if (!body) {
    return body.errors();
  }
  if (body->find("error") != nullptr) {
    return Error{"event stream", decode_error(500, data).message};
  }
  Errors errors;
  Fields fields(*body, "", errors);
  ChatChunk chunk;
  chunk.usage = decode_usage(fields);
  const json::Value* candidates = fields.array("candidates");
  if (candidates != nullptr && !candidates->items().empty()) {
    Fields candidate(candidates->items()[0], "/candidates/0", errors);
    chunk.choice = candidate.integer("index", 0, 1'000).value_or(0);
    ChatChoice choice = decode_candidate(candidate, chunk.finish);
    chunk.text = std::move(choice.text);
    chunk.thinking = std::move(choice.thinking);
    chunk.arguments = choice.tool_calls.empty() ? "" : choice.tool_calls.front().arguments;
  }
  if (!errors.empty()) {
    return errors;
  }
  return chunk;
}

}  // namespace rehearse::wire::gemini
