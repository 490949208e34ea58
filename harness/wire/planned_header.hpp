#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/time.hpp"

namespace rehearse::wire {

// A mock's answer to a call that carried x-rehearse-call says here how long it was planned to take,
// from the call's arrival to the answer's last byte, waiting for a slot included: nanoseconds of
// scenario time. What the caller sees beyond that, the wire and the harness added.
inline constexpr std::string_view kPlannedHeaderName = "x-rehearse-planned-ns";

inline std::string planned_header_text(Duration planned) {
  return std::to_string(planned.count_ns());
}

// Reads exactly what planned_header_text writes; nothing where it is anything else, or negative.
inline std::optional<Duration> parse_planned_header(std::string_view text) {
  std::int64_t ns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ns);
  if (error != std::errc() || end != text.data() + text.size() || ns < 0) {
    return std::nullopt;
  }
  return Duration::nanoseconds(ns);
}

}  // namespace rehearse::wire
