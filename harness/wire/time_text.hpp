#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/time.hpp"

namespace rehearse::wire {

// A duration as Go prints it: "12ms", "1.5s", "6m0s", "1h0m0s", "500µs", "0s".
std::string go_duration_text(Duration duration);
// Reads what Go prints (and "us" for "µs"); nothing where it is no duration of at most 100 years.
std::optional<Duration> parse_go_duration(std::string_view text);

// Instants since the epoch (wall time). "Sun, 06 Nov 1994 08:49:37 GMT", whole seconds.
std::string http_date(Instant at);
// Reads the preferred form of RFC 9110 only; nothing where it is none.
std::optional<Instant> parse_http_date(std::string_view text);

// RFC 3339 in UTC with microseconds: "2026-11-21T05:41:10.000123Z".
std::string rfc3339(Instant at);
// Reads it, with or without a fraction, in UTC ("Z") only; nothing where it is none.
std::optional<Instant> parse_rfc3339(std::string_view text);

}  // namespace rehearse::wire
