#pragma once

#include <cstdint>
#include <optional>

#include "harness/base/time.hpp"

namespace rehearse::load {

// How long to wait before a retry: min(base · factor^n, cap) · (1 − jitter · U), or the provider's
// own hint where it is honoured and not past its cap.
struct Backoff {
  Duration base = Duration::milliseconds(500);
  double factor = 2;
  Duration cap = Duration::seconds(8);
  double jitter = 0.25;
  bool honour_retry_after = true;
  Duration retry_after_cap = Duration::seconds(60);

  // `retry` counts from 0; `u` is a uniform in (0, 1).
  Duration wait(std::uint32_t retry, double u, std::optional<Duration> retry_after) const {
    if (honour_retry_after && retry_after && *retry_after <= retry_after_cap) {
      return *retry_after;
    }
    double scale = 1;
    for (std::uint32_t i = 0; i < retry && scale < 1e9; ++i) {
      scale *= factor;
    }
    const Duration grown = base * scale;
    return (grown < cap ? grown : cap) * (1 - jitter * u);
  }
};

}  // namespace rehearse::load
