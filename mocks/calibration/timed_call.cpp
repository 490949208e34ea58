#include "mocks/calibration/timed_call.hpp"

#include <algorithm>

namespace rehearse::calibration {

double TimedCall::pace_s() const {
  return stream && output_tokens > 1 && total_s >= first_s
             ? (total_s - first_s) / static_cast<double>(output_tokens - 1)
             : -1;
}

CallFeatures TimedCall::features() const {
  CallFeatures out;
  out.operation = operation;
  out.model = model;
  out.size = size;
  out.quality = quality;
  out.input_tokens = input_tokens;
  out.output_tokens = output_tokens;
  out.characters = characters;
  out.bytes = bytes;
  out.n = n;
  out.steps = steps;
  out.stream = stream;
  return out;
}

void CallTable::add(CallTable other) {
  calls.insert(calls.end(), other.calls.begin(), other.calls.end());
  failed += other.failed;
  kept_errors += other.kept_errors;
  for (const auto& [status, count] : other.errors) {
    errors[status] += count;
  }
  for (const auto& [name, value] : other.limits) {
    limits[name] = std::max(limits[name], value);
  }
}

}  // namespace rehearse::calibration
