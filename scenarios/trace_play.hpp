#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/load/trace.hpp"

namespace rehearse::scenarios {

// Where a column of a trace goes.
struct TraceTarget {
  std::string input;  // an input's name, or
  std::string stage;  // a stage's path,
  std::string key;    // and which of its amounts: "input_tokens", …
};

// A trace as a workload plays it.
struct TracePlay {
  load::TraceSpec spec;
  load::TraceScan scan;
  std::vector<TraceTarget> targets;  // of spec.columns
};

// Opens a trace of any format.
Result<std::unique_ptr<load::TraceRows>> open_trace(const load::TraceSpec& spec);

// Looks through traces, each once for as long as the file stays as it is. Thread-safe.
class TraceScans {
 public:
  Result<load::TraceScan> scan(const load::TraceSpec& spec);

 private:
  std::mutex mutex_;
  std::map<std::string, load::TraceScan> known_;
};

}  // namespace rehearse::scenarios
