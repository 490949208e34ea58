#include "harness/wire/rate_limit.hpp"

#include <algorithm>
#include <charconv>

#include "harness/base/wide.hpp"
#include "harness/wire/time_text.hpp"

namespace rehearse::wire {
namespace {

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0)) {
    return std::nullopt;
  }
  return value;
}

// The names of one bucket's headers; they stand in every answer.
struct BucketNames {
  std::string_view limit;
  std::string_view remaining;
  std::string_view reset;
};
constexpr BucketNames kRequests = {"x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
                                   "x-ratelimit-reset-requests"};
constexpr BucketNames kTokens = {"x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens",
                                 "x-ratelimit-reset-tokens"};

// Nothing is looked for that they might replace.
void write_bucket(Headers& headers, const BucketNames& names, const LimitState& bucket) {
  headers.add_number(names.limit, bucket.limit);
  headers.add_number(names.remaining, bucket.remaining);
  headers.add(names.reset, go_duration_text(bucket.reset));
}

std::optional<LimitState> read_bucket(const Headers& headers, const BucketNames& names) {
  const auto limit = number_of<std::int64_t>(headers.get(names.limit));
  const auto remaining = number_of<std::int64_t>(headers.get(names.remaining));
  const auto reset = parse_go_duration(headers.get(names.reset));
  if (!limit || !remaining) {
    return std::nullopt;
  }
  return LimitState{*limit, *remaining, reset.value_or(Duration::zero())};
}

}  // namespace

LimitState limit_state(std::int64_t limit, std::int64_t remaining, Duration period) {
  const std::int64_t left =
      std::clamp<std::int64_t>(remaining, 0, std::max<std::int64_t>(limit, 0));
  if (limit <= 0) {
    return {limit, 0, Duration::zero()};
  }
  const Wide ns = Wide{period.count_ns()} * (limit - left) / limit;
  return {limit, left, Duration::nanoseconds(static_cast<std::int64_t>(ns))};
}

void write_rate_limits(Headers& headers, const RateLimits& limits) {
  if (limits.requests) {
    write_bucket(headers, kRequests, *limits.requests);
  }
  if (limits.tokens) {
    write_bucket(headers, kTokens, *limits.tokens);
  }
}

RateLimits read_rate_limits(const Headers& headers) {
  return {read_bucket(headers, kRequests), read_bucket(headers, kTokens)};
}

void write_retry_after(Headers& headers, Duration wait) {
  const std::int64_t ns = std::max<std::int64_t>(wait.count_ns(), 0);
  const auto rounded_up = [ns](std::int64_t unit) {
    return std::to_string(ns / unit + (ns % unit != 0 ? 1 : 0));
  };
  headers.set("retry-after", rounded_up(1'000'000'000));
  headers.set("retry-after-ms", rounded_up(1'000'000));
}

void write_retry_after_seconds(Headers& headers, Duration wait) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t ns = std::max<std::int64_t>(wait.count_ns(), 1);
  headers.set("retry-after", std::to_string((ns + kSecond - 1) / kSecond));
}

std::optional<Duration> read_retry_after(const Headers& headers, Instant now) {
  const double longest = kLongestDuration.count_s();
  if (const auto ms = number_of<double>(trimmed(headers.get("retry-after-ms")));
      ms && *ms / 1000 < longest) {
    return Duration::from_seconds(*ms / 1000);
  }
  const std::string_view text = trimmed(headers.get("retry-after"));
  if (const auto seconds = number_of<double>(text)) {
    return *seconds < longest ? std::optional(Duration::from_seconds(*seconds)) : std::nullopt;
  }
  if (const auto at = parse_http_date(text)) {
    return std::max(*at - now, Duration::zero());
  }
  return std::nullopt;
}

}  // namespace rehearse::wire
