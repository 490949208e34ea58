#include "harness/pricing/read_rates.hpp"

namespace rehearse::pricing {
namespace {

constexpr double kHighestUsd = 1e6;

UnitPrice read_price(json::ObjectReader& reader, std::string_view key, double units,
                     UnitPrice otherwise = {}) {
  const std::optional<double> usd = reader.number(key, 0, kHighestUsd);
  return usd ? UnitPrice::usd_per(*usd, units) : otherwise;
}

// "images": [ { "size": …, "quality": …, "usd": … } ], first fit.
std::vector<ImageRate> read_images(json::ObjectReader& reader) {
  std::vector<ImageRate> out;
  const json::Value* list = reader.find("images");
  if (list == nullptr) {
    return out;
  }
  if (!list->is_array()) {
    reader.fail(*list, reader.pointer("images"), "expected an array of image prices");
    return out;
  }
  for (std::size_t i = 0; i < list->items().size(); ++i) {
    json::ObjectReader image(list->items()[i], reader.pointer("images") + '/' + std::to_string(i),
                             reader.name(), reader.errors());
    out.push_back({image.text("size").value_or(""), image.text("quality").value_or(""),
                   Money::from_usd(image.number("usd", 0, kHighestUsd).value_or(0))});
    image.finish();
  }
  return out;
}

std::vector<TokenTier> read_tiers(json::ObjectReader& reader) {
  std::vector<TokenTier> out;
  const json::Value* list = reader.find("tiers");
  if (list == nullptr) {
    return out;
  }
  if (!list->is_array()) {
    reader.fail(*list, reader.pointer("tiers"), "expected an array of tiers");
    return out;
  }
  for (std::size_t i = 0; i < list->items().size(); ++i) {
    json::ObjectReader tier(list->items()[i], reader.pointer("tiers") + '/' + std::to_string(i),
                            reader.name(), reader.errors());
    TokenTier t;
    t.above_input_tokens = tier.integer("above_input_tokens", 1, 1'000'000'000).value_or(1);
    t.input = read_price(tier, "input_usd_per_mtok", 1e6);
    t.cached = read_price(tier, "cached_usd_per_mtok", 1e6, t.input);
    t.output = read_price(tier, "output_usd_per_mtok", 1e6);
    tier.finish();
    if (!out.empty() && t.above_input_tokens <= out.back().above_input_tokens) {
      reader.fail(list->items()[i], tier.pointer(), "expected tiers in ascending order");
    }
    out.push_back(t);
  }
  return out;
}

}  // namespace

Rates read_rates(json::ObjectReader& reader) {
  Rates rates;
  rates.input = read_price(reader, "input_usd_per_mtok", 1e6);
  rates.cached = read_price(reader, "cached_usd_per_mtok", 1e6, rates.input);
  rates.output = read_price(reader, "output_usd_per_mtok", 1e6);
  rates.audio_ms = read_price(reader, "audio_usd_per_minute", 60e3);
  rates.video_ms = read_price(reader, "video_usd_per_second", 1e3);
  rates.character = read_price(reader, "text_usd_per_mchar", 1e6);
  rates.byte = read_price(reader, "payload_usd_per_gb", 1e9);
  rates.call = Money::from_usd(reader.number("call_usd", 0, kHighestUsd).value_or(0));
  rates.images = read_images(reader);
  rates.tiers = read_tiers(reader);
  return rates;
}

}  // namespace rehearse::pricing
