#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/money.hpp"
#include "harness/base/usage.hpp"

namespace rehearse::pricing {

// One image of this size and quality; an empty text fits every one.
struct ImageRate {
  std::string size;
  std::string quality;
  Money price;
};

// Token prices of calls whose input is longer than this: they hold for the whole call.
struct TokenTier {
  std::int64_t above_input_tokens = 0;
  UnitPrice input;
  UnitPrice cached;
  UnitPrice output;
};

// What one model costs on one day. All zero: free.
struct Rates {
  UnitPrice input;   // per token that was not read from a cache
  UnitPrice cached;  // per token that was
  UnitPrice output;  // per token
  UnitPrice audio_ms;
  UnitPrice video_ms;
  UnitPrice character;
  UnitPrice byte;
  Money call;
  std::vector<ImageRate> images;
  std::vector<TokenTier> tiers;  // ascending

  // The price of an image, the first rate that fits; zero where none does.
  Money image(std::string_view size, std::string_view quality) const;
  // What a call that used this is billed. Images are billed each where a rate fits, and their
  // output tokens then are not billed again. Each kind of unit is rounded half up to a nano-dollar
  // once.
  Money cost(const Usage& usage, std::string_view size = "", std::string_view quality = "") const;
};

}  // namespace rehearse::pricing
