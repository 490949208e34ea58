#include "harness/wire/openai_audio.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_embedding.hpp"
#include "harness/wire/openai_error.hpp"
#include "harness/wire/openai_image.hpp"
#include "harness/wire/openai_models.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;
namespace openai = rehearse::wire::openai;

namespace {

// decode(encode(x)) = x for whatever decodes at all.
template <typename Decode, typename Encode>
void survives(std::string_view text, Decode decode, Encode encode, const char* what) {
  const auto value = decode(text);
  if (!value) {
    fuzz::require(!value.errors().empty(), "a refusal has a reason");
    return;
  }
  const auto back = decode(encode(*value));
  fuzz::require(back.ok() && *back == *value, what);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  (void)openai::decode_error(500, text);
  (void)openai::decode_chat_chunk(text).ok();
  (void)openai::decode_embedding_reply(text).ok();
  (void)openai::decode_embedding_request(text).ok();
  (void)openai::decode_transcription_reply(wire::json_response(200, std::string(text))).ok();
  const auto request = openai::decode_chat_request(text);
  if (request) {  // images and refusals are not written back
    const auto back = openai::decode_chat_request(openai::encode_chat_request(*request));
    fuzz::require(back.ok() && back->model == request->model &&
                      back->messages.size() == request->messages.size() &&
                      back->max_output_tokens == request->max_output_tokens,
                  "a chat request survives the wire");
  }
  survives(text, openai::decode_chat_reply, openai::encode_chat_reply, "a chat reply survives");
  survives(text, openai::decode_image_request, openai::encode_image_request, "an image request");
  survives(text, openai::decode_speech_request, openai::encode_speech_request, "a speech request");
  survives(text, openai::decode_models, openai::encode_models, "a list of models");
  return 0;
}
