#include "harness/wire/anthropic_limits.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "harness/wire/time_text.hpp"

namespace rehearse::wire::anthropic {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::string_view kPrefix = "anthropic-ratelimit-";

std::string name_of(std::string_view what, std::string_view field) {
  std::string out(kPrefix);
  return out.append(what).append("-").append(field);
}

void write_bucket(Headers& headers, std::string_view what, const LimitState& bucket, Instant now) {
  const std::int64_t full = (now + bucket.reset).count_ns();
  const Instant at = Instant::from_ns((full + kSecond - 1) / kSecond * kSecond);
  headers.set(name_of(what, "limit"), std::to_string(bucket.limit));
  headers.set(name_of(what, "remaining"), std::to_string(bucket.remaining));
  headers.set(name_of(what, "reset"), rfc3339(at).substr(0, 19) + "Z");
}

std::optional<std::int64_t> count_of(const Headers& headers, const std::string& name) {
  const std::string_view text = headers.get(name);
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size() && value >= 0;
  return good ? std::optional(value) : std::nullopt;
}

std::optional<LimitState> read_bucket(const Headers& headers, std::string_view what, Instant now) {
  const auto limit = count_of(headers, name_of(what, "limit"));
  const auto remaining = count_of(headers, name_of(what, "remaining"));
  if (!limit || !remaining) {
    return std::nullopt;
  }
  const auto reset = parse_rfc3339(headers.get(name_of(what, "reset")));
  return LimitState{*limit, *remaining,
                    reset ? std::max(*reset - now, Duration::zero()) : Duration::zero()};
}

}  // namespace

void write_rate_limits(Headers& headers, const RateLimits& limits, Instant now) {
  const std::pair<std::string_view, const std::optional<LimitState>&> all[] = {
      {"requests", limits.requests},
      {"tokens", limits.tokens},
      {"input-tokens", limits.input_tokens},
      {"output-tokens", limits.output_tokens}};
  for (const auto& [what, bucket] : all) {
    if (bucket) {
      write_bucket(headers, what, *bucket, now);
    }
  }
}

RateLimits read_rate_limits(const Headers& headers, Instant now) {
  return {read_bucket(headers, "requests", now), read_bucket(headers, "tokens", now),
          read_bucket(headers, "input-tokens", now), read_bucket(headers, "output-tokens", now)};
}

}  // namespace rehearse::wire::anthropic
