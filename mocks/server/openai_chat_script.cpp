#include "harness/wire/openai_chat.hpp"

#include "harness/base/rng.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/text.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

wire::Usage usage_of(const latency::Plan& plan) {
  return {plan.usage.input_tokens, plan.usage.cached_tokens, plan.usage.output_tokens, 0};
}

class OpenAiChatScript final : public Script {
 public:
  OpenAiChatScript(wire::ChatRequest request, std::string model)
      : request_(std::move(request)), model_(std::move(model)) {
    const std::string& choice = request_.tool_choice;
    if (!request_.tools.empty() && !choice.empty() && choice != "auto" && choice != "none") {
      tool_ = choice == "required" ? request_.tools.front().name : choice;
    }
    request_.messages.clear();
  }

  wire::Response whole(const latency::Plan& plan) override {
    wire::ChatReply reply{id(), model_, kCreated, {}, usage_of(plan)};
    for (std::int64_t i = 0; i < request_.choices; ++i) {
      wire::ChatChoice choice;
      if (tool_.empty()) {
        choice.text = text(plan, i);
      } else {
        choice.tool_calls.push_back(tool_call(plan, i));
      }
      choice.finish = finish(plan);
      reply.choices.push_back(std::move(choice));
    }
    return wire::json_response(200, wire::openai::encode_chat_reply(reply));
  }

  std::string_view stream_type() const override {
    return request_.stream ? "text/event-stream" : "";
  }

  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    std::string out;
    if (!writer_) {
      writer_.emplace(
          wire::openai::ChatStreamWriter::Options{id(), model_, kCreated, request_.include_usage});
      for (std::int64_t i = 0; i < request_.choices; ++i) {
        out += writer_->role(i);
        texts_.push_back(tool_.empty() ? text(plan, i) : std::string());
      }
    }
    // The choices take turns, so that each gets its share of every piece.
    const std::int64_t n = request_.choices;
    for (std::int64_t i = 0; tool_.empty() && i < n; ++i) {
      const auto begin = static_cast<std::size_t>((from + i) / n) * 4;
      const auto end = static_cast<std::size_t>((to + i) / n) * 4;
      const std::string& all = texts_[static_cast<std::size_t>(i)];
      if (end > begin && begin < all.size()) {
        out += writer_->text(i, std::string_view(all).substr(begin, end - begin));
      }
    }
    return out;
  }

  std::string ending(const latency::Plan& plan) override {
    std::string out;
    for (std::int64_t i = 0; i < request_.choices; ++i) {
      if (!tool_.empty()) {
        out += writer_->tool_call(i, 0, tool_call(plan, i));
      }
      out += writer_->finish(i, finish(plan));
    }
    return out + writer_->usage(usage_of(plan)) + wire::openai::ChatStreamWriter::done();
  }

 private:
  std::string id() const { return script::make_id("chatcmpl-", content); }
  wire::FinishReason finish(const latency::Plan& plan) const {
    return plan.truncated   ? wire::FinishReason::Length
           : !tool_.empty() ? wire::FinishReason::ToolCalls
                            : wire::FinishReason::Stop;
  }
  std::uint64_t content_of(std::int64_t choice) const {
    return choice == 0 ? content : mix64(content + static_cast<std::uint64_t>(choice));
  }
  std::int64_t tokens(const latency::Plan& plan) const {
    return plan.usage.output_tokens / request_.choices;
  }
  std::string text(const latency::Plan& plan, std::int64_t choice) const {
    return request_.format == wire::TextFormat::Text || plan.truncated
               ? script::filler_text(content_of(choice), tokens(plan))
               : script::filler_json(content_of(choice), tokens(plan));
  }
  wire::ToolCall tool_call(const latency::Plan& plan, std::int64_t choice) const {
    return {script::make_id("call_", content_of(choice), 24), tool_,
            script::filler_json(content_of(choice), tokens(plan))};
  }

  wire::ChatRequest request_;
  std::string model_;
  std::string tool_;  // that is called instead of text
  std::optional<wire::openai::ChatStreamWriter> writer_;
  std::vector<std::string> texts_;
};

}  // namespace

std::string answer_model(const latency::Profile& profile, std::string_view operation,
                         const std::string& asked) {
  if (!asked.empty()) {
    return asked;
  }
  const latency::Entry* entry = profile.find(operation, "");
  return entry == nullptr ? std::string() : entry->model;
}

Result<Ask> ask_openai_chat(const wire::Request& request, const Stagehand& hand) {
  auto decoded = wire::openai::decode_chat_request(request.body);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "chat";
  ask.model = decoded->model;
  ask.amounts.input_tokens = wire::input_tokens(*decoded);
  ask.amounts.max_tokens = decoded->max_output_tokens.value_or(0);
  ask.amounts.n = decoded->choices;
  ask.amounts.stream = decoded->stream;
  ask.script = std::make_unique<OpenAiChatScript>(std::move(*decoded),
                                                  answer_model(hand.profile, "chat", ask.model));
  return ask;
}

}  // namespace rehearse::server
