#include "harness/inference/seen_job.hpp"

#include <algorithm>

namespace rehearse::inference {
namespace {

using record::RecordedCall;

// SDKs wait for a minute at most, as they are told.
constexpr Duration kLongestWait = Duration::seconds(120);
// A retry's request differs in a header that counts it.
constexpr std::uint64_t kRetryBytes = 32;

Instant end_of(const RecordedCall& call) { return call.started + call.done; }

bool repeats(const RecordedCall& failed, const RecordedCall& later) {
  const std::uint64_t more = std::max(failed.request_bytes, later.request_bytes);
  const std::uint64_t less = std::min(failed.request_bytes, later.request_bytes);
  const bool cut = failed.end != record::CallEnd::Answered;  // its request may be incomplete
  return kind_of(failed) == kind_of(later) && failed.path == later.path &&
         failed.max_tokens == later.max_tokens && later.started >= end_of(failed) &&
         later.started - end_of(failed) <= kLongestWait && (cut || more - less <= kRetryBytes) &&
         (failed.request_body.empty() || cut || failed.request_body == later.request_body);
}

}  // namespace

CallKind kind_of(const RecordedCall& call) {
  return {call.provider, call.method, call.operation, call.model};
}

bool is_answered(const RecordedCall& call) {
  return call.end == record::CallEnd::Answered && call.status >= 200 && call.status < 400;
}

SeenJob see_job(const RecordedJob& job) {
  std::vector<const RecordedCall*> calls;
  for (const RecordedCall& call : job.calls) {
    calls.push_back(&call);
  }
  std::sort(calls.begin(), calls.end(), [](const RecordedCall* a, const RecordedCall* b) {
    return a->started != b->started ? a->started < b->started : a->id < b->id;
  });
  SeenJob seen;
  seen.job = &job;
  std::vector<std::vector<const RecordedCall*>> before(calls.size());
  std::vector<bool> taken(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (is_answered(*calls[i])) {
      SeenCall call{calls[i], before[i], calls[i]->started, end_of(*calls[i])};
      if (!call.failures.empty()) {
        call.started = call.failures.front()->started;
      }
      seen.calls.push_back(std::move(call));
      continue;
    }
    std::size_t next = i + 1;
    while (next < calls.size() && (taken[next] || !repeats(*calls[i], *calls[next]))) {
      ++next;
    }
    if (next == calls.size()) {
      seen.given_up += before[i].size() + 1;
      continue;
    }
    taken[next] = true;
    before[next] = before[i];
    before[next].push_back(calls[i]);
  }
  std::sort(seen.calls.begin(), seen.calls.end(), [](const SeenCall& a, const SeenCall& b) {
    return a.started != b.started ? a.started < b.started : a.answer->id < b.answer->id;
  });
  return seen;
}

}  // namespace rehearse::inference
