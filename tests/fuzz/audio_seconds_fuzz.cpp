#include "harness/wire/audio_seconds.hpp"
#include "tests/fuzz/fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto length = rehearse::wire::audio_seconds(rehearse::fuzz::text_of(data, size));
  rehearse::fuzz::require(length.seconds >= 0 && length.seconds <= 1e6, "seconds are in range");
  return 0;
}
