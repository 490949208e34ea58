#include "harness/wire/sse.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;

// Whole or in pieces: the same events, and each reads back from what the writer makes of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  wire::SseParser whole(256);
  wire::SseParser pieces(256);
  std::vector<wire::SseEvent> expected;
  std::vector<wire::SseEvent> events;
  const bool good = whole.feed(text, expected).ok();
  fuzz::require(good == fuzz::feed_in_pieces(pieces, text, events), "both or neither refuse");
  fuzz::require(events == expected, "any split gives the same events");
  for (const wire::SseEvent& event : expected) {
    wire::SseParser again;
    std::vector<wire::SseEvent> back;
    fuzz::require(again.feed(wire::encode_sse(event), back).ok(), "what is written is read");
    fuzz::require(back == std::vector<wire::SseEvent>{event}, "an event reads back as itself");
  }
  return 0;
}
