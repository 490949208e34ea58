#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/base/call_features.hpp"

namespace rehearse::calibration {

// One call that was answered, by somebody's clock: what was asked and how long it took.
struct TimedCall {
  std::string operation = "chat";
  std::string model;
  std::string size;
  std::string quality;
  std::int64_t input_tokens = 0;   // 0: unknown
  std::int64_t output_tokens = 0;  // of a stream whose usage is unknown: its content chunks
  std::int64_t characters = 0;
  std::int64_t bytes = 0;
  std::int64_t n = 1;
  std::int64_t steps = 0;
  std::int64_t chunks = 0;  // pieces of content; 0: unknown
  bool stream = false;
  double at_s = -1;    // when it started, from any zero; below zero: unknown
  double first_s = 0;  // to first content, of a stream
  double total_s = 0;
  std::string provider;

  // (last content − first content) / (output tokens − 1); below zero where there is none.
  double pace_s() const;
  CallFeatures features() const;
};

// What was read of recordings and tables.
struct CallTable {
  std::vector<TimedCall> calls;
  std::uint64_t failed = 0;                       // calls without an answer, or with an error
  std::map<std::uint16_t, std::uint64_t> errors;  // of them, by status
  std::uint64_t kept_errors = 0;  // marked as errors by their table's own rules, yet answered
  std::map<std::string, std::int64_t> limits;  // "rpm", "tpm": as the answers' headers said

  void add(CallTable other);
};

}  // namespace rehearse::calibration
