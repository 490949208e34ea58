#include "mocks/latency/work.hpp"

#include <algorithm>
#include <charconv>

#include "harness/base/math.hpp"

namespace rehearse::latency {
namespace {

constexpr double kLeastTypical = 1e-9;
constexpr double kLargestCount = 1e15;

// The asked value, or a whole number from the profile's distribution.
std::int64_t asked_or(std::int64_t asked, const Distribution& otherwise, const DrawKey* key,
                      Dimension dimension) {
  if (asked > 0 || otherwise.is_zero()) {
    return asked;
  }
  const double u = otherwise.is_constant() || key == nullptr ? 0.5 : key->uniform(dimension);
  return static_cast<std::int64_t>(std::min(otherwise.quantile(u), kLargestCount) + 0.5);
}

// x^y, exactly 1 for x = 1.
double power(double x, double y) { return x == 1 || y == 0 ? 1 : exp(y * ln(x)); }

// Pixels of "1792x1024"; 0 where it does not read so.
double pixels(std::string_view size) {
  double width = 0;
  double height = 0;
  const char* end = size.data() + size.size();
  const auto first = std::from_chars(size.data(), end, width);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != 'x') {
    return 0;
  }
  const auto second = std::from_chars(first.ptr + 1, end, height);
  return second.ec != std::errc() || second.ptr != end ? 0 : width * height;
}

double named_factor(const std::vector<NamedFactor>& factors, std::string_view name,
                    double otherwise) {
  for (const NamedFactor& factor : factors) {
    if (factor.name == name) {
      return factor.factor;
    }
  }
  return otherwise;
}

double size_factor(const Entry& entry, std::string_view size) {
  if (size == entry.size) {
    return named_factor(entry.sizes, size, 1);
  }
  const double named = named_factor(entry.sizes, size, 0);
  if (named > 0) {
    return named;
  }
  const double asked = pixels(size);
  const double standard = pixels(entry.size);
  return asked > 0 && standard > 0 ? named_factor(entry.sizes, entry.size, 1) *
                                         power(asked / standard, entry.pixels_exponent)
                                   : 1;
}

double image_factor(const Entry& entry, const CallFeatures& features, const Work& work) {
  double factor = size_factor(entry, work.size) * named_factor(entry.qualities, work.quality, 1);
  if (features.steps > 0 && entry.steps > 0 && features.steps != entry.steps) {
    const double ratio = static_cast<double>(features.steps) / static_cast<double>(entry.steps);
    factor *= 1 + entry.steps_share * (ratio - 1);
  }
  return work.n == 1 ? factor : factor * power(static_cast<double>(work.n), entry.n_exponent);
}

// The asked seconds, or drawn ones.
std::int64_t played_ms(const Entry& entry, const CallFeatures& features, const DrawKey* key) {
  if (features.audio_ms > 0) {
    return features.audio_ms;
  }
  const double u = key == nullptr ? 0.5 : key->uniform(Dimension::InputTokens);
  return static_cast<std::int64_t>(std::min(entry.audio_s.quantile(u), kLargestCount / 1e3) * 1e3);
}

void fill_chat(const Entry& entry, const CallFeatures& features, const DrawKey* key, Work& work) {
  const std::int64_t drawn =
      asked_or(features.output_tokens, entry.output_tokens, key, Dimension::OutputTokens);
  work.truncated = features.max_tokens > 0 && drawn > features.max_tokens;
  work.output_tokens = work.truncated ? features.max_tokens : drawn;
  work.units = static_cast<double>(std::max<std::int64_t>(work.output_tokens - 1, 0));
}

}  // namespace

Work make_work(const Entry& entry, const CallFeatures& features, const DrawKey* key) {
  Work work;
  work.entry = &entry;
  work.n = std::max<std::int64_t>(features.n, 1);
  work.size = features.size.empty() ? std::string_view(entry.size) : features.size;
  work.quality = features.quality.empty() ? std::string_view(entry.quality) : features.quality;
  work.input_tokens =
      asked_or(features.input_tokens, entry.input_tokens, key, Dimension::InputTokens);
  work.cached_tokens = std::clamp<std::int64_t>(features.cached_tokens, 0,
                                                std::max<std::int64_t>(work.input_tokens, 0));
  work.audio_ms = features.audio_ms;
  work.characters = features.characters;
  work.bytes = features.bytes;
  switch (entry.kind) {
    case Kind::Chat:
      fill_chat(entry, features, key, work);
      break;
    case Kind::Image:
      work.factor = image_factor(entry, features, work);
      break;
    case Kind::Speech:
      work.characters =
          asked_or(features.characters, entry.characters, key, Dimension::OutputTokens);
      work.units = static_cast<double>(work.characters);
      work.audio_ms = static_cast<std::int64_t>(work.units * entry.speech_s_per_character * 1e3);
      break;
    case Kind::Transcription:
      work.audio_ms = played_ms(entry, features, key);
      work.units = static_cast<double>(work.audio_ms) * 1e-3;
      break;
    case Kind::Embedding:
      work.units = static_cast<double>(work.input_tokens);
      break;
    case Kind::Generic:
      work.bytes = asked_or(features.bytes, entry.bytes, key, Dimension::Bytes);
      work.units = static_cast<double>(work.bytes) * 1e-6;
      break;
    case Kind::Video:
      work.factor = image_factor(entry, features, work);
      work.video_ms = played_ms(entry, features, key);
      work.audio_ms = 0;
      work.units = static_cast<double>(work.video_ms) * 1e-3 * work.factor;
      break;
  }
  work.input_s =
      static_cast<double>(work.input_tokens - work.cached_tokens) * entry.per_input_token_s +
      static_cast<double>(work.cached_tokens) * entry.per_cached_token_s;
  return work;
}

double typical_first_s(const Work& work) {
  return std::max(first_seconds(work, work.entry->first_median_s), kLeastTypical);
}

double typical_total_s(const Work& work) {
  return std::max(total_seconds(work, work.entry->first_median_s, work.entry->pace_median_s),
                  kLeastTypical);
}

void tell_usage(const Work& work, Usage& usage) {
  usage.input_tokens = work.input_tokens;
  usage.cached_tokens = work.cached_tokens;
  usage.output_tokens = work.output_tokens * work.n;
  usage.images = work.entry->kind == Kind::Image ? work.n : 0;
  usage.audio_ms = work.audio_ms;
  usage.video_ms = work.video_ms * work.n;
  usage.characters = work.characters;
  usage.bytes = work.bytes;
}

Demand demand_of(const Entry& entry, const CallFeatures& features) {
  Demand demand;
  demand.input_tokens =
      asked_or(features.input_tokens, entry.input_tokens, nullptr, Dimension::InputTokens);
  demand.cached_tokens = std::min(features.cached_tokens, demand.input_tokens);
  demand.reserved_output =
      entry.kind == Kind::Chat ? features.max_tokens * std::max<std::int64_t>(features.n, 1) : 0;
  demand.images = entry.kind == Kind::Image ? std::max<std::int64_t>(features.n, 1) : 0;
  return demand;
}

}  // namespace rehearse::latency
