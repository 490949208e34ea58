#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/wire/anthropic_chat.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/ask.hpp"
#include "mocks/server/chat_content.hpp"

namespace rehearse::server {
namespace {

class AnthropicScript final : public Script {
 public:
  AnthropicScript(wire::ChatRequest request, std::string model, bool scripted)
      : stream_(request.stream), model_(std::move(model)), said_(request, model_, scripted) {}

  wire::Response whole(const latency::Plan& plan) override {
    const Said::Words& words = said_.words(content, plan);
    wire::ChatChoice choice;
    choice.thinking = words.thinking;
    choice.signature = signature(plan);
    choice.finish = said_.finish(content, plan);
    choice.stop_text = words.stop_text;
    if (said_.tool().empty()) {
      choice.text = words.text;
    } else {
      choice.tool_calls.push_back(tool_call(plan));
    }
    wire::ChatReply reply{id(), model_, kCreated, {std::move(choice)}, usage(plan)};
    return wire::json_response(200, wire::anthropic::encode_chat_reply(reply));
  }

  std::string_view stream_type() const override { return stream_ ? "text/event-stream" : ""; }

  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    std::string out;
    if (!writer_) {
      writer_.emplace(id(), model_);
      wire::Usage so_far = usage(plan);
      so_far.output_tokens = std::min<std::int64_t>(so_far.output_tokens, 1);
      out = writer_->start(so_far);
      out += thinks(plan) ? writer_->begin_thinking() : "";
    }
    if (const std::string_view more = said_.thinking_between(content, plan, {from, to});
        !more.empty()) {
      out += writer_->thinking(more);
    }
    const std::string_view more = said_.text_between(content, plan, {from, to});
    if (more.empty()) {
      return out;
    }
    out += begin_rest(plan);
    return out + (said_.tool().empty() ? writer_->text(more) : writer_->arguments(more));
  }

  std::string ending(const latency::Plan& plan) override {
    std::string out;
    if (!writer_) {
      out = piece(plan, 0, 0);
    }
    out += said_.tool().empty() && thinks(plan) ? end_thinking(plan) : begin_rest(plan);
    return out + writer_->finish(said_.finish(content, plan), said_.words(content, plan).stop_text,
                                 usage(plan));
  }

  std::string error_in_stream(const std::string& code, const std::string& message) override {
    return wire::anthropic::ChatStreamWriter::error(code, message);
  }

  // An event without a name would be skipped.
  std::string malformed() override { return "event: content_block_delta\ndata: {broken\n\n"; }

 private:
  bool thinks(const latency::Plan& plan) { return !said_.words(content, plan).thinking.empty(); }
  std::string end_thinking(const latency::Plan& plan) {
    if (rest_begun_ || !thinks(plan)) {
      return {};
    }
    rest_begun_ = true;
    return writer_->signature(signature(plan)) + writer_->end_block();
  }
  // The block behind the thinking, if there is any.
  std::string begin_rest(const latency::Plan& plan) {
    if (rest_begun_) {
      return {};
    }
    std::string out = end_thinking(plan);
    rest_begun_ = true;
    return out + (said_.tool().empty() ? writer_->begin_text() : writer_->begin_tool(begun(plan)));
  }
  std::string id() const { return script::make_id("msg_01", content, 22); }
  wire::ToolCall tool_call(const latency::Plan& plan) {
    return said_.tool_call(content, plan, "toolu_01");
  }
  // Its arguments come later.
  wire::ToolCall begun(const latency::Plan& plan) {
    wire::ToolCall call = tool_call(plan);
    call.arguments.clear();
    return call;
  }
  std::string signature(const latency::Plan& plan) {
    return thinks(plan) ? script::make_id("", mix64(content), 88) : "";
  }
  // Anthropic does not tell thinking apart.
  wire::Usage usage(const latency::Plan& plan) {
    wire::Usage usage = said_.usage(content, plan);
    usage.reasoning_tokens = 0;
    return usage;
  }

  bool stream_;
  std::string model_;
  Said said_;
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
