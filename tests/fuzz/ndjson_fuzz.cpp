#include "harness/wire/ndjson.hpp"
#include "harness/wire/ollama.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;

// Whole or in pieces: the same lines; what decodes as an Ollama line encodes and decodes the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  wire::NdjsonParser whole(512);
  wire::NdjsonParser pieces(512);
  std::vector<std::string> expected;
  std::vector<std::string> lines;
  const bool good = whole.feed(text, expected).ok();
  fuzz::require(good == fuzz::feed_in_pieces(pieces, text, lines), "both or neither refuse");
  whole.finish(expected);
  pieces.finish(lines);
  fuzz::require(lines == expected, "any split gives the same lines");
  for (const std::string& line : lines) {
    for (const auto api : {wire::ollama::Api::Chat, wire::ollama::Api::Generate}) {
      (void)wire::ollama::decode_request(line, api).ok();
      const auto decoded = wire::ollama::decode_line(line, api);
      if (decoded) {
        const auto back = wire::ollama::decode_line(wire::ollama::encode_line(*decoded, api), api);
        fuzz::require(back.ok() && back->text == decoded->text, "a line survives the wire");
      }
    }
  }
  return 0;
}
