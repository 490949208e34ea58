#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"

namespace rehearse::wire {

inline constexpr std::string_view kCallHeaderName = "x-rehearse-call";

// Tells a mock which draw a call is, so that it draws exactly what virtual time draws; sent to
// mocks only, never to a real provider. Text: seed/job/stage/item/attempt and then what was drawn,
// "1/42/image%20prompt/0/1;input_tokens=900;output_tokens=312;share=0.5". Doubles are written so
// that they read back bit by bit.
struct CallHeader {
  std::uint64_t seed = 1;
  std::uint64_t job = 0;
  std::string stage;  // its path by name, percent-encoded on the wire, at most 1,024 bytes
  std::uint32_t item = 0;
  std::uint32_t attempt = 0;
  std::optional<std::int64_t> input_tokens;
  std::optional<std::int64_t> output_tokens;
  std::optional<std::int64_t> cached_tokens;
  std::optional<std::int64_t> steps;
  std::optional<std::int64_t> audio_ms;
  std::optional<std::int64_t> characters;
  std::optional<std::int64_t> bytes;
  std::optional<std::int64_t> n;  // where the provider's own request cannot say it, as these two:
  std::string size;               // at most 64 bytes, percent-encoded on the wire
  std::string quality;
  double share = 0;             // DrawKey::share, 0 to 1
  double time_ratio = 1;        // what a draw from the stage's own `time` is multiplied by; > 0
  bool new_connection = false;  // the call pays the connection's set-up
  bool operator==(const CallHeader&) const = default;
};

std::string call_header_text(const CallHeader& call);
// Reads exactly what call_header_text writes; amounts are never negative.
Result<CallHeader> parse_call_header(std::string_view text);

}  // namespace rehearse::wire
