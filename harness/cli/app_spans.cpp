#include "harness/cli/app_spans.hpp"

#include <algorithm>

#include "harness/provider/status.hpp"

namespace rehearse::cli {
namespace {

provider::Failure failure_of(const server::CallRecord& call) {
  switch (call.end) {
    case server::CallEnd::Abandoned:
      return provider::Failure::Cancelled;
    case server::CallEnd::Broken:
      return provider::Failure::ConnectionReset;
    case server::CallEnd::Answered:
    case server::CallEnd::Refused:
      break;
  }
  return call.status < 400 ? provider::Failure::None
                           : provider::failure_of_status(static_cast<std::uint16_t>(call.status));
}

record::StageEnd end_of(provider::Failure failure) {
  return failure == provider::Failure::None        ? record::StageEnd::Done
         : failure == provider::Failure::Cancelled ? record::StageEnd::Cancelled
                                                   : record::StageEnd::Failed;
}

std::uint32_t released_by(const std::vector<record::StageSpan>& spans, std::size_t index) {
  std::uint32_t best = record::kNoStage;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i != index && spans[i].done <= spans[index].ready &&
        (best == record::kNoStage || spans[i].done > spans[best].done)) {
      best = static_cast<std::uint32_t>(i);
    }
  }
  return best;
}

}  // namespace

SeenJob spans_of(std::vector<server::CallRecord> calls,
                 const std::map<std::string, std::uint32_t>& stages, std::uint32_t unmatched,
                 Duration offset) {
  std::stable_sort(calls.begin(), calls.end(),
                   [](const auto& a, const auto& b) { return a.arrived < b.arrived; });
  SeenJob out;
  for (const server::CallRecord& call : calls) {
    const auto known = stages.find(call.stage);
    const std::uint32_t stage = known == stages.end() ? unmatched : known->second;
    const provider::Failure failure = failure_of(call);
    auto span = std::find_if(out.spans.begin(), out.spans.end(), [&](const record::StageSpan& s) {
      return s.stage == stage && s.item == call.item && stage != unmatched && s.attempts > 0 &&
             call.attempt > 0;
    });
    if (span == out.spans.end()) {
      record::StageSpan fresh;
      fresh.stage = stage;
      fresh.item = call.item;
      fresh.ready = call.arrived + offset;
      fresh.started = call.started + offset;
      span = out.spans.insert(out.spans.end(), fresh);
    } else {
      ++out.retries;
    }
    const auto index = static_cast<std::uint32_t>(span - out.spans.begin());
    span->first_chunk = call.first_chunk + offset;
    span->done = call.done + offset;
    span->end = end_of(failure);
    span->failure = static_cast<std::uint8_t>(failure);
    span->truncated = call.truncated;
    span->usage += call.usage;
    span->cost += call.cost;
    out.attempts.push_back({.span = index,
                            .number = span->attempts,
                            .hedge = false,
                            .failure = static_cast<std::uint8_t>(failure),
                            .status = static_cast<std::uint16_t>(call.status),
                            .chunks = 0,
                            .started = call.started + offset,
                            .first_chunk = call.first_chunk + offset,
                            .done = call.done + offset,
                            .usage = call.usage,
                            .cost = call.cost});
    ++span->attempts;
    out.usage += call.usage;
    out.cost += call.cost;
  }
  for (std::size_t i = 0; i < out.spans.size(); ++i) {
    out.spans[i].released_by = released_by(out.spans, i);
  }
  return out;
}

}  // namespace rehearse::cli
