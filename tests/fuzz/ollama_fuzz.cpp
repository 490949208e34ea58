#include "harness/wire/ollama_models.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;
namespace ollama = rehearse::wire::ollama;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  (void)ollama::decode_embed_request(text, true).ok();
  if (const auto name = ollama::decode_model_name(text)) {
    fuzz::require(!name->empty() && !ollama::encode_show(*name, false).empty(), "a model is shown");
  }
  if (const auto request = ollama::decode_embed_request(text, false)) {
    const auto back = ollama::decode_embed_request(ollama::encode_embed_request(*request), false);
    fuzz::require(back.ok() && *back == *request, "a request for embeddings survives the wire");
  }
  if (const auto reply = ollama::decode_embed_reply(text)) {
    const auto back = ollama::decode_embed_reply(ollama::encode_embed_reply(*reply, {}));
    fuzz::require(back.ok() && back->vectors.size() == reply->vectors.size(), "vectors survive");
  }
  return 0;
}
