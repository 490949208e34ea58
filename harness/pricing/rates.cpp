#include "harness/pricing/rates.hpp"

#include <algorithm>

namespace rehearse::pricing {
namespace {

Money bill(UnitPrice price, std::int64_t units) {
  return units == 0 || price.is_zero() ? Money() : price.of(units);
}

}  // namespace

Money Rates::image(std::string_view size, std::string_view quality) const {
  for (const ImageRate& rate : images) {
    if ((rate.size.empty() || rate.size == size) &&
        (rate.quality.empty() || rate.quality == quality)) {
      return rate.price;
    }
  }
  return {};
}

Money Rates::cost(const Usage& usage, std::string_view size, std::string_view quality) const {
  UnitPrice in = input;
  UnitPrice hit = cached;
  UnitPrice out = output;
  for (const TokenTier& tier : tiers) {
    if (usage.input_tokens > tier.above_input_tokens) {
      in = tier.input;
      hit = tier.cached;
      out = tier.output;
    }
  }
  const std::int64_t from_cache = std::min(usage.cached_tokens, usage.input_tokens);
  Money total = call + bill(in, usage.input_tokens - from_cache) + bill(hit, from_cache);
  const Money each = usage.images > 0 && !images.empty() ? image(size, quality) : Money();
  if (each > Money()) {
    total += Money::nano_usd(each.count_nano_usd() * usage.images);
  } else {
    total += bill(out, usage.output_tokens);
  }
  total += bill(audio_ms, usage.audio_ms);
  total += bill(video_ms, usage.video_ms);
  total += bill(character, usage.characters);
  total += bill(byte, usage.bytes);
  return total;
}

}  // namespace rehearse::pricing
