#pragma once

#include <cstdint>
#include <string_view>

#include "harness/base/call_features.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/usage.hpp"
#include "mocks/latency/limits.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// A call with every default filled in: all that its time, limits and price depend on.
struct Work {
  const Entry* entry = nullptr;
  std::int64_t input_tokens = 0;
  std::int64_t cached_tokens = 0;  // <= input_tokens
  std::int64_t output_tokens = 0;  // of one answer, cut at max_tokens
  std::int64_t n = 1;
  std::int64_t characters = 0;
  std::int64_t audio_ms = 0;
  std::int64_t video_ms = 0;  // of one video
  std::int64_t bytes = 0;
  std::string_view size;
  std::string_view quality;
  bool truncated = false;
  double factor = 1;   // of the first-content time
  double units = 0;    // that `pace` is multiplied with
  double input_s = 0;  // what reading the input adds
};

// Fills in the defaults; what the features leave open is drawn from `key`, or its median where
// there is none.
Work make_work(const Entry& entry, const CallFeatures& features, const DrawKey* key);

// Seconds with these drawn values (medians: what is typical).
inline double first_seconds(const Work& work, double first) {
  return first * work.factor + work.input_s;
}
inline double total_seconds(const Work& work, double first, double pace) {
  return first_seconds(work, first) + work.units * pace;
}
double typical_first_s(const Work& work);
double typical_total_s(const Work& work);

void tell_usage(const Work& work, Usage& usage);  // all of its fields
Demand demand_of(const Entry& entry, const CallFeatures& features);

}  // namespace rehearse::latency
