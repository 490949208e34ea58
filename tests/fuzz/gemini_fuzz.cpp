#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_embedding.hpp"
#include "harness/wire/gemini_error.hpp"
#include "harness/wire/gemini_image.hpp"
#include "harness/wire/gemini_models.hpp"
#include "harness/wire/gemini_path.hpp"
#include "harness/wire/gemini_video.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;
namespace gemini = rehearse::wire::gemini;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  (void)gemini::decode_error(500, text);
  (void)gemini::decode_chat_chunk(text).ok();
  (void)gemini::decode_token_count(text).ok();
  (void)gemini::decode_image_reply(text).ok();
  (void)gemini::decode_generate_image(text, "gemini-2.5-flash-image").ok();
  (void)gemini::decode_predict(text, "imagen-4.0-generate-001").ok();
  (void)gemini::decode_embedding_request(text, gemini::kEmbed).ok();
  (void)gemini::decode_embedding_request(text, gemini::kBatchEmbed).ok();
  if (const auto method = gemini::parse_method(text); method && !method->action.empty()) {
    const auto back = gemini::parse_method(gemini::method_path(method->model, method->action));
    fuzz::require(back.has_value() && back->action == method->action, "a method reads back");
  }
  const auto request = gemini::decode_chat_request(text);
  if (request) {
    const auto back = gemini::decode_chat_request(gemini::encode_chat_request(*request));
    fuzz::require(!back.ok() || (back->max_output_tokens == request->max_output_tokens &&
                                 back->choices == request->choices),
                  "a request survives the wire");
  }
  const auto reply = gemini::decode_chat_reply(text);
  if (reply) {
    const auto back = gemini::decode_chat_reply(gemini::encode_chat_reply(*reply));
    fuzz::require(back.ok() && back->choices.size() == reply->choices.size(),
                  "a reply survives the wire");
  }
  const auto vectors = gemini::decode_embedding_reply(text);
  if (vectors) {
    const auto back = gemini::decode_embedding_reply(
        gemini::encode_embedding_reply(*vectors, gemini::kBatchEmbed));
    fuzz::require(back.ok() || vectors->vectors.empty(), "vectors survive the wire");
  }
  const auto models = gemini::decode_models(text);
  if (models) {
    const auto back = gemini::decode_models(gemini::encode_models(*models));
    fuzz::require(back.ok() && back->size() == models->size(), "a list of models survives");
  }
  (void)gemini::parse_operation_path(text);
  (void)gemini::parse_download_path(text);
  if (const auto video = gemini::decode_video_request(text, "veo-3.0-generate-001")) {
    const auto back =
        gemini::decode_video_request(gemini::encode_video_request(*video), video->model);
    fuzz::require(video->prompt.empty() || (back.ok() && back->seconds == video->seconds),
                  "a video request survives the wire");
  }
  if (const auto operation = gemini::decode_operation(text)) {
    const auto back = gemini::decode_operation(gemini::encode_operation(*operation));
    fuzz::require(back.ok() && back->name == operation->name, "an operation survives the wire");
  }
  return 0;
}
