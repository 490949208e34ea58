#pragma once

#include <string>
#include <vector>

#include "harness/json/value.hpp"
#include "mocks/calibration/timed_call.hpp"

namespace rehearse::calibration {

struct FitOptions {
  std::string name;    // of the profile
  std::string dated;   // "2026-01-31"
  std::string source;  // where the calls are from
};

// A profile (mocks/profiles/README.md) of these calls, at least one: for each operation and model
// what depends on what was asked first (input tokens, output tokens, size), then tail-dense
// quantiles of what is left, then slow times that neighbours share. Chances of error statuses are
// those of `table`.
json::Value fit_profile(const CallTable& table, const FitOptions& options);

}  // namespace rehearse::calibration
