#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/wire/anthropic_chat.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/text.hpp"
#include "mocks/server/ask.hpp"
#include "mocks/server/forced_tool.hpp"
#include "mocks/server/planned_text.hpp"

namespace rehearse::server {
namespace {

class AnthropicScript final : public Script {
 public:
  AnthropicScript(wire::ChatRequest request, std::string model, bool scripted)
      : request_(std::move(request)),
        model_(std::move(model)),
        tool_(forced_tool(request_)),
        scripted_(scripted) {
    request_.messages.clear();
  }

  wire::Response whole(const latency::Plan& plan) override {
    plan_words(plan);
    wire::ChatChoice choice;
    choice.thinking = words_.thinking;
    choice.signature = signature();
    choice.finish = finish(plan);
    choice.stop_text = words_.stop_text;
    if (tool_.empty()) {
      choice.text = words_.text;
    } else {
      choice.tool_calls.push_back({tool_id(), tool_, words_.text});
    }
    wire::ChatReply reply{id(), model_, kCreated, {std::move(choice)}, usage(plan)};
    return wire::json_response(200, wire::anthropic::encode_chat_reply(reply));
  }

  std::string_view stream_type() const override {
    return request_.stream ? "text/event-stream" : "";
  }

  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    std::string out;
    if (!writer_) {
      plan_words(plan);
      writer_.emplace(id(), model_);
      wire::Usage so_far = usage(plan);
      so_far.output_tokens = std::min<std::int64_t>(so_far.output_tokens, 1);
      out = writer_->start(so_far);
      out += words_.thinking.empty() ? "" : writer_->begin_thinking();
    }
    if (const std::string_view more = words_.thinking_between(from, to); !more.empty()) {
      out += writer_->thinking(more);
    }
    const std::string_view more = words_.text_between(from, to);
    if (more.empty()) {
      return out;
    }
    out += begin_rest();
    return out + (tool_.empty() ? writer_->text(more) : writer_->arguments(more));
  }

  std::string ending(const latency::Plan& plan) override {
    std::string out;
    if (!writer_) {
      out = piece(plan, 0, 0);
    }
    out += tool_.empty() && !words_.thinking.empty() ? end_thinking() : begin_rest();
    return out + writer_->finish(finish(plan), words_.stop_text, usage(plan));
  }

  std::string error_in_stream(const std::string& code, const std::string& message) override {
    return wire::anthropic::ChatStreamWriter::error(code, message);
  }

  // An event without a name would be skipped.
  std::string malformed() override { return "event: content_block_delta\ndata: {broken\n\n"; }

 private:
  void plan_words(const latency::Plan& plan) {
    words_ = plan_text(
        {request_, tool_.empty(), scripted_, content, plan.usage.output_tokens, plan.truncated});
  }
  std::string end_thinking() {
    if (rest_begun_ || words_.thinking.empty()) {
      return {};
    }
    rest_begun_ = true;
    return writer_->signature(signature()) + writer_->end_block();
  }
  // The block behind the thinking, if there is any.
  std::string begin_rest() {
    if (rest_begun_) {
      return {};
    }
    std::string out = end_thinking();
    rest_begun_ = true;
    return out +
           (tool_.empty() ? writer_->begin_text() : writer_->begin_tool({tool_id(), tool_, {}}));
  }
  std::string id() const { return script::make_id("msg_01", content, 22); }
  std::string tool_id() const { return script::make_id("toolu_01", content, 22); }
  std::string signature() const {
    return words_.thinking.empty() ? "" : script::make_id("", mix64(content), 88);
  }
  wire::FinishReason finish(const latency::Plan& plan) const {
    return plan.truncated && words_.stop_text.empty() ? wire::FinishReason::Length
           : !tool_.empty()                           ? wire::FinishReason::ToolCalls
                                                      : wire::FinishReason::Stop;
  }
  wire::Usage usage(const latency::Plan& plan) const {
    wire::Usage usage{plan.usage.input_tokens, plan.usage.cached_tokens, words_.tokens, 0};
    return usage;
  }

  wire::ChatRequest request_;
  std::string model_;
  std::string tool_;  // that is called instead of text
  bool scripted_;
  PlannedText words_;
  std::optional<wire::anthropic::ChatStreamWriter> writer_;
  bool rest_begun_ = false;
};

}  // namespace

Result<Ask> ask_anthropic_chat(const wire::Request& request, const Stagehand& hand) {
  using wire::anthropic::MaxTokens;
  auto decoded = wire::anthropic::decode_chat_request(
      request.body, hand.scripted ? MaxTokens::Optional : MaxTokens::Required);
  if (!decoded) {
    return decoded.errors();
  }
  if (decoded->model.empty() && !hand.scripted) {
    return Error{"/model", "Field required"};
  }
  Ask ask;
  ask.operation = "chat";
  ask.model = decoded->model;
  ask.amounts.input_tokens = wire::input_tokens(*decoded);
  ask.amounts.max_tokens = decoded->max_output_tokens.value_or(0);
  ask.amounts.stream = decoded->stream;
  ask.script = std::make_unique<AnthropicScript>(
      std::move(*decoded), answer_model(hand.profile, "chat", ask.model), hand.scripted);
  return ask;
}

}  // namespace rehearse::server
