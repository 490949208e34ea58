#include <algorithm>

#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_error.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/chat_content.hpp"
#include "mocks/server/gemini_scripts.hpp"

namespace rehearse::server {
namespace {

// Server-sent events, or one JSON array that arrives in pieces.
enum class Framing { Whole, Events, Array };

class GeminiScript final : public Script {
 public:
  GeminiScript(const wire::ChatRequest& request, std::string model, Framing framing, bool scripted)
      : choices_(request.choices),
        model_(std::move(model)),
        framing_(framing),
        said_(request, model_, scripted) {}

  wire::Response whole(const latency::Plan& plan) override {
    const wire::Usage usage = said_.usage(content, plan);
    wire::ChatReply reply = empty(plan, usage.output_tokens);
    for (std::int64_t i = 0; i < choices_; ++i) {
      const Said::Words& words = said_.words(content, plan, i);
      reply.choices.push_back(choice_of(i, words.thinking, words.text, plan));
    }
    return wire::json_response(200, wire::gemini::encode_chat_reply(reply));
  }

  std::string_view stream_type() const override {
    return framing_ == Framing::Events  ? "text/event-stream"
           : framing_ == Framing::Array ? "application/json"
                                        : "";
  }

  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    wire::ChatReply reply = empty(plan, to);
    bool any = false;
    for (std::int64_t i = 0; i < choices_; ++i) {
      const Said::Units units{from, to, i};
      wire::ChatChoice choice;
      choice.thinking = said_.thinking_between(content, plan, units);
      if (said_.tool().empty()) {  // else its arguments come whole, at the end
        choice.text = said_.text_between(content, plan, units);
      }
      any = any || !choice.thinking.empty() || !choice.text.empty();
      reply.choices.push_back(std::move(choice));
    }
    return any ? frame(wire::gemini::encode_chat_part({std::move(reply), false})) : "";
  }

  std::string ending(const latency::Plan& plan) override {
    wire::ChatReply reply = empty(plan, said_.usage(content, plan).output_tokens);
    for (std::int64_t i = 0; i < choices_; ++i) {
      const std::string_view arguments =
          said_.tool().empty() ? std::string_view() : said_.words(content, plan, i).text;
      reply.choices.push_back(choice_of(i, {}, arguments, plan));
    }
    const std::string last = frame(wire::gemini::encode_chat_reply(reply));
    return framing_ == Framing::Array ? last + "]" : last;
  }

  std::string error_in_stream(const std::string& code, const std::string& message) override {
    wire::ApiError error{503, message, {}, {}, code};
    std::string body = wire::gemini::encode_error(error);
    std::erase(body, '\n');  // an event's data is one line
    return framing_ == Framing::Events ? frame(body) : frame(body) + "]";
  }

  std::string malformed() override {
    return framing_ == Framing::Array ? ",\r\n{broken" : "data: {broken\r\n\r\n";
  }

 private:
  // With the usage of the first so many tokens.
  wire::ChatReply empty(const latency::Plan& plan, std::int64_t tokens) {
    wire::Usage usage = said_.usage(content, plan);
    usage.output_tokens = std::min(tokens, usage.output_tokens);
    usage.reasoning_tokens = std::min(usage.reasoning_tokens, usage.output_tokens);
    return {script::make_id("", content, 22), model_, kCreated, {}, usage};
  }
  wire::ChatChoice choice_of(std::int64_t index, std::string_view thinking, std::string_view text,
                             const latency::Plan& plan) {
    wire::ChatChoice choice;
    choice.thinking = thinking;
    if (said_.tool().empty()) {
      choice.text = text;
    } else {
      choice.tool_calls.push_back({{}, said_.tool(), std::string(text)});
    }
    choice.finish = said_.finish(content, plan, index);
    if (choice.finish == wire::FinishReason::ToolCalls) {  // no reason of its own here
      choice.finish = wire::FinishReason::Stop;
    }
    return choice;
  }
  std::string frame(const std::string& json) {
    const bool first = !begun_;
    begun_ = true;
    return framing_ == Framing::Events ? "data: " + json + "\r\n\r\n"
                                       : (first ? "[" : ",\r\n") + json;
  }

  std::int64_t choices_;
  std::string model_;
  Framing framing_;
  Said said_;
  bool begun_ = false;
};

}  // namespace

Result<Ask> ask_gemini_chat(const wire::Request& request, const wire::gemini::Method& method,
                            const Stagehand& hand) {
  auto decoded = wire::gemini::decode_chat_request(request.body);
  if (!decoded) {
    return decoded.errors();
  }
  const bool stream = method.action == wire::gemini::kStreamGenerate;
  const bool events = wire::query_value(request.target, "alt") == "sse";
  Ask ask;
  ask.operation = "chat";
  ask.model = method.model;
  ask.amounts.input_tokens = wire::input_tokens(*decoded);
  ask.amounts.max_tokens = decoded->max_output_tokens.value_or(0);
  ask.amounts.n = decoded->choices;
  ask.amounts.stream = stream;
  const Framing framing = !stream ? Framing::Whole : events ? Framing::Events : Framing::Array;
  ask.script = std::make_unique<GeminiScript>(
      *decoded, answer_model(hand.profile, "chat", ask.model), framing, hand.scripted);
  return ask;
}

}  // namespace rehearse::server
