#pragma once

#include <cstddef>
#include <vector>

#include "harness/inference/recorded_job.hpp"

namespace rehearse::inference {

// A call as its program meant it: the answer, and the failed attempts that came before it.
struct SeenCall {
  const record::RecordedCall* answer = nullptr;       // of the job that it was read from
  std::vector<const record::RecordedCall*> failures;  // attempts before it, in their order
  Instant started;                                    // the first attempt
  Instant done;
};

struct SeenJob {
  const RecordedJob* job = nullptr;
  std::vector<SeenCall> calls;  // in the order of their start
  std::size_t given_up = 0;     // failed calls that were not made again
};

// Folds attempts into calls: a call that failed and is followed by one that asks alike was made
// again. `job` outlives the result.
SeenJob see_job(const RecordedJob& job);

// What kind of call it is: calls of one kind ask the same service for the same.
struct CallKind {
  std::string provider;
  std::string method;
  std::string operation;
  std::string model;
  auto operator<=>(const CallKind&) const = default;
};
CallKind kind_of(const record::RecordedCall& call);

bool is_answered(const record::RecordedCall& call);

}  // namespace rehearse::inference
