#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mocks/latency/limits.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// Which of a provider's own limits: of all its calls together (no entry) or of one entry.
struct LimitPlace {
  std::optional<std::size_t> entry;  // index into Profile::entries
  std::optional<Limits::What> what;  // none: the slots of its capacity
  bool operator==(const LimitPlace&) const = default;
  bool operator<(const LimitPlace& other) const {
    return entry != other.entry ? entry < other.entry : what < other.what;
  }
};

// A limit that others have drawn on before a run begins.
struct LimitStart {
  LimitPlace place;
  double used = 0;  // of it; above 1: owed
};

// A list for each provider; empty: nothing is used.
using LimitStarts = std::vector<std::vector<LimitStart>>;
inline std::vector<LimitStart> starts_of(const LimitStarts& all, std::size_t provider) {
  return provider < all.size() ? all[provider] : std::vector<LimitStart>();
}

// What a limit or a capacity of a provider saw over a run.
struct LimitUse {
  LimitPlace place;
  std::string name;    // "chat gpt-4o: requests per min (RPM)", "image: slots"
  double has = 0;      // units a second that are left to us, or calls at once
  double written = 0;  // as the profile says it: units a window, or calls at once
  double used = 0;     // units that were let in, or call-seconds
  std::uint64_t refused = 0;
  bool per_time = true;  // a rate; else calls at once
  bool refuses = true;   // turns calls away rather than let them wait
  double places = 0;     // of a queue before it; past them calls are refused
};

// The same profile with one of its limits (and its queue) this many times as large.
void scale_limit(Profile& profile, const LimitPlace& place, double factor);

}  // namespace rehearse::latency
