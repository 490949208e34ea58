#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_usage.hpp"

namespace rehearse::wire::openai {
namespace {

json::Value encode_calls(const std::vector<ToolCall>& tool_calls) {
  json::Value calls = json::Value::array();
  for (const ToolCall& call : tool_calls) {
    calls.push(
        object_of({{"id", call.id},
                   {"type", "function"},
                   {"function", object_of({{"name", call.name}, {"arguments", call.arguments}})}}));
  }
  return calls;
}

// Put together as text, as the frames of a stream are: it is most of what a plain answer costs.
void append_choice(std::string& out, const ChatChoice& choice, std::size_t index) {
  const bool calls_only = choice.text.empty() && !choice.tool_calls.empty();
  out.append("{\"index\":").append(std::to_string(index));
  out += ",\"message\":{\"role\":\"assistant\",\"content\":";
  if (calls_only) {
    out += "null";
  } else {
    json::append_text(out, choice.text);
  }
  out += ",\"refusal\":null,\"annotations\":[]";
  if (!choice.tool_calls.empty()) {
    out.append(",\"tool_calls\":").append(json::dump(encode_calls(choice.tool_calls)));
  }
  out += "},\"logprobs\":";
  out += choice.logprobs.empty() ? "null" : json::dump(encode_logprobs(choice.logprobs));
  out.append(",\"finish_reason\":\"").append(finish_reason_name(choice.finish)).append("\"}");
}

ChatChoice decode_choice(const json::Value& value, const std::string& pointer, Errors& errors) {
  Fields fields(value, pointer, errors);
  ChatChoice choice;
  const std::string finish = fields.text("finish_reason", "stop");
  choice.finish = parse_finish_reason(finish).value_or(FinishReason::Stop);
  const json::Value* message = fields.object("message");
  if (message == nullptr) {
    fields.fail("message", "expected an object, found nothing");
    return choice;
  }
  Fields inner(*message, fields.pointer("message"), errors);
  choice.text = inner.text("content");
  if (const json::Value* calls = inner.array("tool_calls")) {
    for (std::size_t i = 0; i < calls->items().size(); ++i) {
      Fields call(calls->items()[i], json::pointer_join(inner.pointer("tool_calls"), i), errors);
      const json::Value* function = call.object("function");
      Fields named(function == nullptr ? call.value() : *function, call.pointer("function"),
                   errors);
      choice.tool_calls.push_back({call.text("id"), named.text("name"), named.text("arguments")});
    }
  }
  return choice;
}

}  // namespace

std::string_view finish_reason_name(FinishReason reason) {
  switch (reason) {
    case FinishReason::Stop:
      return "stop";
    case FinishReason::Length:
      return "length";
    case FinishReason::ToolCalls:
      return "tool_calls";
    case FinishReason::ContentFilter:
      return "content_filter";
  }
  return "stop";
}

std::optional<FinishReason> parse_finish_reason(std::string_view name) {
  for (const FinishReason reason : {FinishReason::Stop, FinishReason::Length,
                                    FinishReason::ToolCalls, FinishReason::ContentFilter}) {
    if (name == finish_reason_name(reason)) {
      return reason;
    }
  }
  return std::nullopt;
}

json::Value encode_logprobs(const std::vector<TokenLogprob>& tokens) {
  if (tokens.empty()) {
    return {};
  }
  json::Value content = json::Value::array();
  for (const TokenLogprob& token : tokens) {
    json::Value bytes = json::Value::array();
    for (const char byte : token.token) {
      bytes.push(static_cast<int>(static_cast<unsigned char>(byte)));
    }
    content.push(object_of({{"token", token.token},
                            {"logprob", token.logprob},
                            {"bytes", std::move(bytes)},
                            {"top_logprobs", json::Value::array()}}));
  }
  return object_of({{"content", std::move(content)}, {"refusal", nullptr}});
}

std::string usage_json(const Usage& usage) {
  std::string out;
  out.reserve(320);
  const auto add = [&out](std::string_view before, std::int64_t number) {
    out.append(before).append(std::to_string(number));
  };
  add("{\"prompt_tokens\":", usage.input_tokens);
  add(",\"completion_tokens\":", usage.output_tokens);
  add(",\"total_tokens\":", usage.input_tokens + usage.output_tokens);
  add(",\"prompt_tokens_details\":{\"cached_tokens\":", usage.cached_tokens);
  add(",\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":",
      usage.reasoning_tokens);
  out += ",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}";
  return out;
}

std::optional<Usage> decode_usage(Fields& fields, const std::string& input,
                                  const std::string& output) {
  constexpr std::int64_t kMost = 1'000'000'000'000;
  const json::Value* value = fields.object("usage");
  if (value == nullptr) {
    return std::nullopt;
  }
  Fields inner(*value, fields.pointer("usage"), fields.errors());
  const auto detail = [&](const std::string& side, std::string_view key) {
    const std::string details = side + "_tokens_details";
    const json::Value* found = inner.object(details);
    return found == nullptr ? 0
                            : Fields(*found, inner.pointer(details), fields.errors())
                                  .integer(key, 0, kMost)
                                  .value_or(0);
  };
  Usage usage;
  usage.input_tokens = inner.integer(input + "_tokens", 0, kMost).value_or(0);
  usage.output_tokens = inner.integer(output + "_tokens", 0, kMost).value_or(0);
  usage.cached_tokens = detail(input, "cached_tokens");
  usage.reasoning_tokens = detail(output, "reasoning_tokens");
  return usage;
}

std::string encode_chat_reply(const ChatReply& reply) {
  std::string out;
  out.reserve(1024 + (reply.choices.empty() ? 0 : reply.choices.front().text.size()));
  out += "{\"id\":";
  json::append_text(out, reply.id);
  out += ",\"object\":\"chat.completion\",\"created\":";
  out.append(std::to_string(reply.created_s)).append(",\"model\":");
  json::append_text(out, reply.model);
  out += ",\"choices\":[";
  for (std::size_t i = 0; i < reply.choices.size(); ++i) {
    out += i == 0 ? "" : ",";
    append_choice(out, reply.choices[i], i);
  }
  out += "]";
  if (reply.usage) {
    out.append(",\"usage\":").append(usage_json(*reply.usage));
  }
  return out += ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_rehearse\"}";
}

Result<ChatReply> decode_chat_reply(std::string_view text) {
  return decode_body<ChatReply>(text, [&](Fields& fields, ChatReply& reply) {
    reply.id = fields.text("id");
    reply.model = fields.text("model");
    reply.created_s = fields.integer("created", 0, INT64_MAX).value_or(0);
    const json::Value* choices = fields.array("choices");
    if (choices == nullptr) {
      fields.fail("choices", "expected an array, found nothing");
      return;
    }
    for (std::size_t i = 0; i < choices->items().size(); ++i) {
      const std::string pointer = json::pointer_join(fields.pointer("choices"), i);
      reply.choices.push_back(decode_choice(choices->items()[i], pointer, fields.errors()));
    }
    reply.usage = decode_usage(fields, "prompt", "completion");
  });
}

}  // namespace rehearse::wire::openai
