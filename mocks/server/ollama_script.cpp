#include "harness/wire/ollama.hpp"

#include <algorithm>

#include "mocks/script/text.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

using wire::ollama::Api;

class OllamaScript final : public Script {
 public:
  OllamaScript(Api api, const wire::ChatRequest& request, std::string model)
      : api_(api),
        model_(std::move(model)),
        stream_(request.stream),
        json_(request.format != wire::TextFormat::Text) {}

  wire::Response whole(const latency::Plan& plan) override {
    wire::ollama::Line line = last(plan);
    line.text = text(plan);
    return wire::json_response(200, wire::ollama::encode_line(line, api_));
  }
  std::string_view stream_type() const override {
    return stream_ ? wire::ollama::kStreamType : std::string_view();
  }
  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    if (from == 0) {
      text_ = text(plan);
    }
    wire::ollama::Line line = empty_line();
    const auto begin = std::min(static_cast<std::size_t>(from) * 4, text_.size());
    line.text = text_.substr(begin, static_cast<std::size_t>(to - from) * 4);
    return wire::ollama::encode_line(line, api_) + "\n";
  }
  std::string ending(const latency::Plan& plan) override {
    return wire::ollama::encode_line(last(plan), api_) + "\n";
  }

 private:
  wire::ollama::Line empty_line() const {
    wire::ollama::Line line;
    line.model = model_;
    line.created = Instant() + Duration::seconds(kCreated);
    return line;
  }
  std::string text(const latency::Plan& plan) const {
    return json_ && !plan.truncated ? script::filler_json(content, plan.usage.output_tokens)
                                    : script::filler_text(content, plan.usage.output_tokens);
  }
  wire::ollama::Line last(const latency::Plan& plan) const {
    wire::ollama::Line line = empty_line();
    line.done = true;
    line.done_reason = plan.truncated ? "length" : "stop";
    // A whole answer was planned as one span: a tenth of it is taken for reading the prompt.
    const Duration prompt = plan.first_token < plan.total ? plan.first_token : plan.total * 0.1;
    line.timing = {Duration::zero(), prompt, plan.total - prompt};
    line.usage.input_tokens = plan.usage.input_tokens;
    line.usage.output_tokens = plan.usage.output_tokens;
    return line;
  }

  Api api_;
  std::string model_;
  bool stream_;
  bool json_;
  std::string text_;
};

Result<Ask> ask_ollama(const wire::Request& request, const Stagehand& hand, Api api) {
  const auto decoded = wire::ollama::decode_request(request.body, api);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "chat";
  ask.model = decoded->model;
  ask.amounts.input_tokens = wire::input_tokens(*decoded);
  ask.amounts.max_tokens = decoded->max_output_tokens.value_or(0);
  ask.amounts.stream = decoded->stream;
  ask.script =
      std::make_unique<OllamaScript>(api, *decoded, answer_model(hand.profile, "chat", ask.model));
  return ask;
}

}  // namespace

Result<Ask> ask_ollama_chat(const wire::Request& request, const Stagehand& hand) {
  return ask_ollama(request, hand, Api::Chat);
}

Result<Ask> ask_ollama_generate(const wire::Request& request, const Stagehand& hand) {
  return ask_ollama(request, hand, Api::Generate);
}

}  // namespace rehearse::server
