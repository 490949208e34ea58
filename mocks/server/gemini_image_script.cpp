#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_embedding.hpp"
#include "harness/wire/gemini_image.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/gemini_scripts.hpp"

namespace rehearse::server {
namespace {

// What Gemini bills for a picture of up to 1024x1024 pixels: its guide to image generation.
constexpr std::int64_t kImageTokens = 1290;

class GeminiImageScript final : public Script {
 public:
  GeminiImageScript(wire::ImageRequest request, std::string action, std::string stream,
                    const Stagehand& hand)
      : request_(std::move(request)),
        action_(std::move(action)),
        stream_(std::move(stream)),
        pictures_(hand.pictures),
        scripted_(hand.scripted) {}

  wire::Response whole(const latency::Plan& plan) override {
    return wire::json_response(200, body(plan));
  }
  bool heavy(const latency::Plan&) const override { return !pictures_->has({request_.size, 0, 0}); }

  // A picture comes in one piece even where a stream was asked for.
  std::string_view stream_type() const override { return stream_; }
  std::string ending(const latency::Plan& plan) override {
    const std::string text = body(plan).joined();
    return stream_ == "application/json" ? "[" + text + "]" : "data: " + text + "\r\n\r\n";
  }

 private:
  wire::MessageBody body(const latency::Plan& plan) {
    std::vector<wire::Picture> images;
    const std::int64_t count = std::max<std::int64_t>(plan.usage.images, 1);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::uint64_t own = mix64(content + static_cast<std::uint64_t>(i));
      images.push_back(pictures_->make({request_.size, 0, own}));
    }
    if (action_ == wire::gemini::kPredict) {
      return wire::gemini::encode_predictions(images);
    }
    wire::Usage usage{plan.usage.input_tokens, plan.usage.cached_tokens, plan.usage.output_tokens,
                      0};
    if (usage.output_tokens == 0 && !scripted_) {
      usage.output_tokens = count * kImageTokens;
    }
    return wire::gemini::encode_inline_images(
        {script::make_id("", content, 22), request_.model, {}, std::move(images), usage});
  }

  wire::ImageRequest request_;
  std::string action_;
  std::string stream_;
  std::shared_ptr<script::PngMaker> pictures_;
  bool scripted_;  // then it says what virtual time says
};

Result<Ask> ask_gemini_embedding(const wire::Request& request, const wire::gemini::Method& method,
                                 const Stagehand& hand) {
  auto decoded = wire::gemini::decode_embedding_request(request.body, method.action);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "embedding";
  ask.model = method.model;
  for (const wire::EmbeddingInput& input : decoded->inputs) {
    ask.amounts.input_tokens += input.tokens;
  }
  ask.script = make_embedding_script(std::move(*decoded), method.model, hand.seed,
                                     [action = method.action](const wire::EmbeddingReply& reply) {
                                       return wire::gemini::encode_embedding_reply(reply, action);
                                     });
  return ask;
}

}  // namespace

Result<Ask> ask_gemini_image(const wire::Request& request, const wire::gemini::Method& method,
                             const Stagehand& hand) {
  auto decoded = method.action == wire::gemini::kPredict
                     ? wire::gemini::decode_predict(request.body, method.model)
                     : wire::gemini::decode_generate_image(request.body, method.model);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "image";
  ask.model = method.model;
  if (!hand.scripted) {  // else the call says which of these its stage gave
    ask.size = wire::image_size_text(decoded->size);
    ask.quality = decoded->quality;
    ask.amounts.n = decoded->count;
  }
  const bool stream = method.action == wire::gemini::kStreamGenerate;
  const bool events = wire::query_value(request.target, "alt") == "sse";
  ask.script = std::make_unique<GeminiImageScript>(std::move(*decoded), method.action,
                                                   !stream  ? ""
                                                   : events ? "text/event-stream"
                                                            : "application/json",
                                                   hand);
  return ask;
}

Result<Ask> ask_gemini(const wire::Request& request, const wire::gemini::Method& method,
                       const Stagehand& hand) {
  const std::string& action = method.action;
  if (action == wire::gemini::kEmbed || action == wire::gemini::kBatchEmbed) {
    return ask_gemini_embedding(request, method, hand);
  }
  if (action == wire::gemini::kPredict) {
    return ask_gemini_image(request, method, hand);
  }
  if (action == wire::gemini::kGenerate || action == wire::gemini::kStreamGenerate) {
    return wire::gemini::draws_inline(method.model) ? ask_gemini_image(request, method, hand)
                                                    : ask_gemini_chat(request, method, hand);
  }
  return Error{"", "unknown method " + action};
}

}  // namespace rehearse::server
