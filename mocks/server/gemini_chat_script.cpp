#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_error.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/forced_tool.hpp"
#include "mocks/server/gemini_scripts.hpp"
#include "mocks/server/planned_text.hpp"

namespace rehearse::server {
namespace {

// Server-sent events, or one JSON array that arrives in pieces.
enum class Framing { Whole, Events, Array };

class GeminiScript final : public Script {
 public:
  GeminiScript(wire::ChatRequest request, std::string model, Framing framing, bool scripted)
      : request_(std::move(request)),
        model_(std::move(model)),
        tool_(forced_tool(request_)),
        framing_(framing),
        scripted_(scripted) {
    request_.messages.clear();
  }

  wire::Response whole(const latency::Plan& plan) override {
    plan_words(plan);
    wire::ChatReply reply = empty(plan, told_tokens(), thinking_tokens());
    for (std::size_t i = 0; i < words_.size(); ++i) {
      reply.choices.push_back(
          choice_of(i, shown_thinking(words_[i].thinking), words_[i].text, plan));
    }
    return wire::json_response(200, wire::gemini::encode_chat_reply(reply));
  }

  std::string_view stream_type() const override {
    return framing_ == Framing::Events  ? "text/event-stream"
           : framing_ == Framing::Array ? "application/json"
                                        : "";
  }

  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    plan_words(plan);
    const auto n = static_cast<std::int64_t>(words_.size());
    wire::ChatReply reply =
        empty(plan, std::min(to, told_tokens()), std::min(to, thinking_tokens()));
    bool any = false;
    for (std::int64_t i = 0; i < n; ++i) {
      const PlannedText& words = words_[static_cast<std::size_t>(i)];
      const std::int64_t begin = (from + i) / n;
      const std::int64_t end = (to + i) / n;
      const std::string_view thinking = shown_thinking(words.thinking_between(begin, end));
      // A tool's arguments come whole, at the end.
      const std::string_view text =
          tool_.empty() ? words.text_between(begin, end) : std::string_view();
      any = any || !thinking.empty() || !text.empty();
      wire::ChatChoice choice;
      choice.thinking = thinking;
      choice.text = text;
      reply.choices.push_back(std::move(choice));
    }
    return any ? frame(wire::gemini::encode_chat_part({std::move(reply), false})) : "";
  }

  std::string ending(const latency::Plan& plan) override {
    plan_words(plan);
    wire::ChatReply reply = empty(plan, told_tokens(), thinking_tokens());
    for (std::size_t i = 0; i < words_.size(); ++i) {
      reply.choices.push_back(choice_of(i, {}, tool_.empty() ? "" : words_[i].text, plan));
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
  void plan_words(const latency::Plan& plan) {
    if (!words_.empty()) {
      return;
    }
    for (std::int64_t i = 0; i < request_.choices; ++i) {
      words_.push_back(plan_text({request_, tool_.empty(), scripted_,
                                  i == 0 ? content : mix64(content + static_cast<std::uint64_t>(i)),
                                  plan.usage.output_tokens / request_.choices, plan.truncated}));
    }
    // What does not divide goes to the first in the books, as in the plan.
    rest_ = plan.usage.output_tokens % request_.choices;
  }
  std::int64_t told_tokens() const {
    std::int64_t sum = rest_;
    for (const PlannedText& words : words_) {
      sum += words.tokens;
    }
    return sum;
  }
  std::int64_t thinking_tokens() const {
    std::int64_t sum = 0;
    for (const PlannedText& words : words_) {
      sum += words.thinking_tokens;
    }
    return sum;
  }
  std::string_view shown_thinking(std::string_view thinking) const {
    return request_.show_thinking ? thinking : std::string_view();
  }
  wire::ChatReply empty(const latency::Plan& plan, std::int64_t tokens,
                        std::int64_t thinking) const {
    return {script::make_id("", content, 22),
            model_,
            kCreated,
            {},
            wire::Usage{plan.usage.input_tokens, plan.usage.cached_tokens, tokens,
                        std::min(thinking, tokens)}};
  }
  wire::ChatChoice choice_of(std::size_t index, std::string_view thinking, std::string_view text,
                             const latency::Plan& plan) const {
    wire::ChatChoice choice;
    choice.thinking = thinking;
    if (tool_.empty()) {
      choice.text = text;
    } else {
      choice.tool_calls.push_back({{}, tool_, std::string(text)});
    }
    choice.finish = plan.truncated && words_[index].stop_text.empty() ? wire::FinishReason::Length
                                                                      : wire::FinishReason::Stop;
    return choice;
  }
  std::string frame(const std::string& json) {
    const bool first = !begun_;
    begun_ = true;
    return framing_ == Framing::Events ? "data: " + json + "\r\n\r\n"
                                       : (first ? "[" : ",\r\n") + json;
  }

  wire::ChatRequest request_;
  std::string model_;
  std::string tool_;  // that is called instead of text
  Framing framing_;
  bool scripted_;
  std::vector<PlannedText> words_;  // by candidate
  std::int64_t rest_ = 0;
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
      std::move(*decoded), answer_model(hand.profile, "chat", ask.model), framing, hand.scripted);
  return ask;
}

}  // namespace rehearse::server
