#include "harness/wire/edge_tts.hpp"
#include "harness/wire/firecrawl.hpp"
#include "harness/wire/replicate.hpp"
#include "harness/wire/runway.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;

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
  namespace wire = rehearse::wire;
  survives(text, wire::replicate::decode_request, wire::replicate::encode_request, "a prediction");
  (void)wire::replicate::decode_prediction(text).ok();
  (void)wire::replicate::prefer_wait(text);
  survives(text, wire::runway::decode_request, wire::runway::encode_request, "a task");
  (void)wire::runway::decode_task(text).ok();
  (void)wire::firecrawl::decode_page_request(text).ok();
  (void)wire::firecrawl::decode_search_request(text).ok();
  (void)wire::firecrawl::decode_page(text).ok();
  (void)wire::firecrawl::decode_hits(text).ok();
  (void)wire::edge_tts::decode_text(text).ok();
  (void)wire::edge_tts::decode_audio(text).ok();
  (void)wire::edge_tts::decode_config(text).ok();
  fuzz::require(wire::edge_tts::spoken_text(text).size() <= text.size(), "nothing is added");
  return 0;
}
