#include "harness/wire/ollama.hpp"

#include "harness/wire/ollama_models.hpp"
#include "mocks/script/embedding.hpp"
#include "mocks/server/ask.hpp"
#include "mocks/server/chat_content.hpp"

namespace rehearse::server {
namespace {

using wire::ollama::Api;

class OllamaScript final : public Script {
 public:
  OllamaScript(Api api, const wire::ChatRequest& request, std::string model, bool scripted)
      : api_(api),
        model_(std::move(model)),
        stream_(request.stream),
        said_(request, model_, scripted) {}

  wire::Response whole(const latency::Plan& plan) override {
    wire::ollama::Line line = last(plan);
    if (said_.tool().empty()) {
      line.text = said_.words(content, plan).text;
    } else {
      line.tool_calls.push_back(said_.tool_call(content, plan));
    }
    return wire::json_response(200, wire::ollama::encode_line(line, api_));
  }
  std::string_view stream_type() const override {
    return stream_ ? wire::ollama::kStreamType : std::string_view();
  }
  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    wire::ollama::Line line = empty_line();
    if (said_.tool().empty()) {
      line.text = said_.text_between(content, plan, {from, to});
    } else if (to >= plan.usage.output_tokens) {
      line.tool_calls.push_back(said_.tool_call(content, plan));  // it comes whole
    }
    return wire::ollama::encode_line(line, api_) + "\n";
  }
  std::string ending(const latency::Plan& plan) override {
    return wire::ollama::encode_line(last(plan), api_) + "\n";
  }
  std::string error_in_stream(const std::string&, const std::string& message) override {
    return wire::ollama::encode_error(message) + "\n";
  }
  std::string malformed() override { return "{\"model\":\"broken\n"; }

 private:
  wire::ollama::Line empty_line() const {
    wire::ollama::Line line;
    line.model = model_;
    line.created = Instant() + Duration::seconds(kCreated);
    return line;
  }
  wire::ollama::Line last(const latency::Plan& plan) {
    wire::ollama::Line line = empty_line();
    line.done = true;
    line.done_reason =
        said_.finish(content, plan) == wire::FinishReason::Length ? "length" : "stop";
    // A whole answer was planned as one span: a tenth of it is taken for reading the prompt.
    const Duration rest = plan.total - plan.load;
    const Duration prompt =
        plan.first_token < plan.total ? plan.first_token - plan.load : rest * 0.1;
    line.timing = {plan.load, prompt, rest - prompt};
    line.usage.input_tokens = plan.usage.input_tokens;
    line.usage.output_tokens = said_.usage(content, plan).output_tokens;
    return line;
  }

  Api api_;
  std::string model_;
  bool stream_;
  Said said_;
};

// One vector for each input, in the form of /api/embed or of /api/embeddings.
class OllamaEmbedScript final : public Script {
 public:
  OllamaEmbedScript(wire::EmbeddingRequest request, std::string model, std::uint64_t seed, bool old)
      : request_(std::move(request)), model_(std::move(model)), seed_(seed), old_(old) {}

  wire::Response whole(const latency::Plan& plan) override {
    wire::EmbeddingReply reply;
    reply.model = model_;
    reply.input_tokens = plan.usage.input_tokens;
    for (const wire::EmbeddingInput& input : request_.inputs) {
      reply.vectors.push_back(
          script::embedding({seed_, model_, input.text, request_.dimensions.value_or(0)}));
    }
    return wire::json_response(
        200, old_ ? wire::ollama::encode_old_embed_reply(reply)
                  : wire::ollama::encode_embed_reply(reply, {plan.load, plan.total}));
  }
  bool heavy(const latency::Plan&) const override { return request_.inputs.size() > 8; }

 private:
  wire::EmbeddingRequest request_;
  std::string model_;
  std::uint64_t seed_;
  bool old_;
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
  ask.script = std::make_unique<OllamaScript>(
      api, *decoded, answer_model(hand.profile, "chat", ask.model), hand.scripted);
  return ask;
}

Result<Ask> ask_embedding(const wire::Request& request, const Stagehand& hand, bool old) {
  auto decoded = wire::ollama::decode_embed_request(request.body, old);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "embedding";
  ask.model = decoded->model;
  for (const wire::EmbeddingInput& input : decoded->inputs) {
    ask.amounts.input_tokens += input.tokens;
  }
  const std::string model = answer_model(hand.profile, "embedding", ask.model);
  ask.script = std::make_unique<OllamaEmbedScript>(std::move(*decoded), model, hand.seed, old);
  return ask;
}

}  // namespace

Result<Ask> ask_ollama_chat(const wire::Request& request, const Stagehand& hand) {
  return ask_ollama(request, hand, Api::Chat);
}

Result<Ask> ask_ollama_generate(const wire::Request& request, const Stagehand& hand) {
  return ask_ollama(request, hand, Api::Generate);
}

Result<Ask> ask_ollama_embed(const wire::Request& request, const Stagehand& hand) {
  return ask_embedding(request, hand, false);
}

Result<Ask> ask_ollama_embeddings(const wire::Request& request, const Stagehand& hand) {
  return ask_embedding(request, hand, true);
}

}  // namespace rehearse::server
