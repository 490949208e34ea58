#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/anthropic_error.hpp"
#include "harness/wire/anthropic_models.hpp"
#include "harness/wire/time_text.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;
namespace anthropic = rehearse::wire::anthropic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  (void)anthropic::decode_error(500, text);
  (void)anthropic::decode_token_count(text).ok();
  (void)anthropic::decode_models(text).ok();
  if (const auto at = wire::parse_rfc3339(text)) {
    fuzz::require(wire::rfc3339(*at).substr(0, 19) == text.substr(0, 19), "a date reads back");
  }
  const auto request = anthropic::decode_chat_request(text);
  if (request) {  // pictures are not written back, and systems are joined
    const auto back = anthropic::decode_chat_request(anthropic::encode_chat_request(*request));
    fuzz::require(back.ok() && back->model == request->model && back->stop == request->stop &&
                      back->max_output_tokens == request->max_output_tokens,
                  "a request survives the wire");
  }
  const auto reply = anthropic::decode_chat_reply(text);
  if (reply) {
    const auto back = anthropic::decode_chat_reply(anthropic::encode_chat_reply(*reply));
    fuzz::require(back.ok() && back->choices.front().text == reply->choices.front().text &&
                      back->usage.has_value() == reply->usage.has_value(),
                  "a reply survives the wire");
  }
  // The same text as a stream: whole or in pieces, the same events, and any of them can be read.
  wire::SseParser whole(4096);
  wire::SseParser pieces(4096);
  std::vector<wire::SseEvent> expected;
  std::vector<wire::SseEvent> events;
  const bool good = whole.feed(text, expected).ok();
  fuzz::require(good == fuzz::feed_in_pieces(pieces, text, events), "both or neither refuse");
  anthropic::ChatStreamReader reader;
  for (const wire::SseEvent& event : expected) {
    (void)reader.read(event).ok();
  }
  return 0;
}
