#include "harness/wire/openai_embedding.hpp"

#include "mocks/script/embedding.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

class EmbeddingScript final : public Script {
 public:
  EmbeddingScript(wire::EmbeddingRequest request, std::string model, std::uint64_t seed,
                  EncodeEmbedding encode)
      : request_(std::move(request)),
        model_(std::move(model)),
        seed_(seed),
        encode_(std::move(encode)) {}

  wire::Response whole(const latency::Plan& plan) override {
    wire::EmbeddingReply reply;
    reply.model = model_;
    reply.input_tokens = plan.usage.input_tokens;
    for (const wire::EmbeddingInput& input : request_.inputs) {
      const std::string text =
          input.text.empty() ? std::to_string(input.tokens) + " tokens" : input.text;
      reply.vectors.push_back(
          script::embedding({seed_, model_, text, request_.dimensions.value_or(0)}));
    }
    return wire::json_response(200, encode_(reply));
  }
  bool heavy(const latency::Plan&) const override { return request_.inputs.size() > 8; }

 private:
  wire::EmbeddingRequest request_;
  std::string model_;
  std::uint64_t seed_;
  EncodeEmbedding encode_;
};

}  // namespace

std::unique_ptr<Script> make_embedding_script(wire::EmbeddingRequest request, std::string model,
                                              std::uint64_t seed, EncodeEmbedding encode) {
  return std::make_unique<EmbeddingScript>(std::move(request), std::move(model), seed,
                                           std::move(encode));
}

Result<Ask> ask_openai_embedding(const wire::Request& request, const Stagehand& hand) {
  auto decoded = wire::openai::decode_embedding_request(request.body);
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
  ask.script = make_embedding_script(std::move(*decoded), model, hand.seed,
                                     [base64 = decoded->base64](const wire::EmbeddingReply& reply) {
                                       return wire::openai::encode_embedding_reply(reply, base64);
                                     });
  return ask;
}

}  // namespace rehearse::server
