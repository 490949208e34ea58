#include "harness/json/read.hpp"
#include "mocks/script/json_answer.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;

// Whatever schema somebody sends, the answer comes, is JSON and has at least the length planned.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view schema = fuzz::text_of(data, size);
  for (const std::int64_t tokens : {0, 1, 60}) {
    const std::string text = script::json_answer(size, tokens, schema);
    fuzz::require(json::parse(text).ok(), "an answer is JSON");
    fuzz::require(text.size() >= static_cast<std::size_t>(tokens) * 4, "it is long enough");
  }
  return 0;
}
