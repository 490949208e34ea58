#pragma once

#include <cstdint>
#include <string_view>

namespace rehearse {

// What is asked of a provider: all that time, price and limits depend on. Zero or empty means "the
// profile's default". Texts are owned by the caller until the call has ended.
struct CallFeatures {
  std::string_view operation;  // "chat", "image", …, or a generic endpoint's name
  std::string_view model;
  std::string_view size;  // "1792x1024"
  std::string_view quality;
  std::int64_t input_tokens = 0;
  std::int64_t cached_tokens = 0;
  std::int64_t output_tokens = 0;  // as drawn, before the cut at max_tokens
  std::int64_t max_tokens = 0;     // 0: no limit asked
  std::int64_t n = 1;
  std::int64_t steps = 0;
  std::int64_t audio_ms = 0;
  std::int64_t characters = 0;
  std::int64_t bytes = 0;
  bool stream = false;

  bool operator==(const CallFeatures&) const = default;
};

}  // namespace rehearse
