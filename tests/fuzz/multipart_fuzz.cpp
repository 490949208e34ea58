#include <algorithm>

#include "harness/wire/multipart.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;

namespace {

Result<std::vector<wire::Part>> decode(std::string_view body, std::size_t piece) {
  wire::MultipartDecoder decoder("x", {.bytes = 4096, .header_bytes = 256, .parts = 8});
  while (!body.empty()) {
    if (Status fed = decoder.feed(body.substr(0, piece)); !fed) {
      return fed.errors();
    }
    body.remove_prefix(std::min(piece, body.size()));
  }
  return decoder.finish();
}

}  // namespace

// Whole or in pieces: the same parts (where headers fit their limit), which encode and decode
// again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  (void)wire::boundary_of(text).ok();
  const auto whole = decode(text, SIZE_MAX);
  const auto pieces = decode(text, 3);
  if (!whole) {
    return 0;
  }
  fuzz::require(pieces.ok() && *pieces == *whole, "any split gives the same parts");
  const std::string boundary = wire::make_boundary(*whole);
  wire::MultipartDecoder again(boundary);
  fuzz::require(again.feed(wire::encode_multipart(*whole, boundary)).ok(),
                "encoded parts are fine");
  const auto back = again.finish();
  fuzz::require(back.ok() && back->size() == whole->size(), "as many parts as before");
  for (std::size_t i = 0; i < back->size(); ++i) {
    fuzz::require((*back)[i].body == (*whole)[i].body, "a part's body survives");
  }
  return 0;
}
