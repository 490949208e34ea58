#pragma once

#include <cstdint>

namespace rehearse {

// What a call consumed, as providers bill it. Integers only, so that sums are exact; nothing
// estimated is put here without being said so where it is shown.
struct Usage {
  std::int64_t input_tokens = 0;   // including the cached ones
  std::int64_t cached_tokens = 0;  // of the input, read from a prompt cache
  std::int64_t output_tokens = 0;
  std::int64_t images = 0;
  std::int64_t audio_ms = 0;  // heard or spoken
  std::int64_t video_ms = 0;
  std::int64_t characters = 0;  // of text turned into speech
  std::int64_t bytes = 0;       // of payload up or down

  bool operator==(const Usage&) const = default;
  Usage& operator+=(const Usage& other) {
    input_tokens += other.input_tokens;
    cached_tokens += other.cached_tokens;
    output_tokens += other.output_tokens;
    images += other.images;
    audio_ms += other.audio_ms;
    video_ms += other.video_ms;
    characters += other.characters;
    bytes += other.bytes;
    return *this;
  }
};

}  // namespace rehearse
