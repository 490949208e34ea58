#include "harness/engine/plain_stage.hpp"

#include "harness/engine/item_runner.hpp"
#include "harness/engine/span.hpp"
#include "harness/runtime/deadline.hpp"

namespace rehearse::engine {
namespace {

using record::StageEnd;
using runtime::StopToken;
using runtime::Task;
using runtime::Wake;
using scenarios::StageKind;

// An attempt whose timeout comes before its foreseen end, and what follows it.
Task<StageEnd> run_past_timeout(Job& job, const scenarios::Stage& stage, DrawKey key,
                                std::uint32_t span, provider::Foreseen& call) {
  runtime::Runtime& rt = job.shared.runtime;
  runtime::StopSource limit(job.stop.token());
  const Instant at = rt.now() + *stage.timeout;
  runtime::Deadline deadline(rt, at, limit);
  const StopToken limited = limit.token();
  const Wake wake = co_await rt.sleep_until(call.ends, limited);
  provider::Outcome outcome = job.shared.providers[stage.call.spec.provider]->settle(call, wake);
  note_timeout(outcome, deadline.expired());
  Tries tries;
  const bool again = note_attempt(job, stage, key, span, outcome, tries);
  if (!again) {
    co_return end_of(outcome.failure);
  }
  co_return co_await run_call(job, stage, key, span, false, tries);
}

}  // namespace

PlainStage::PlainStage(Job& job, std::uint32_t index, const Place& place, std::uint32_t released_by)
    : job_(job),
      stage_(job.shared.scenario.stages[index]),
      index_(index),
      sleep_(job.shared.runtime, begin(place, released_by), job.stop.token()) {}

Instant PlainStage::begin(const Place& place, std::uint32_t released_by) {
  if (job_.stop.stop_requested()) {
    result_.ok = false;
    return {};
  }
  result_.span = open_span(job_, index_, place.item, place, released_by);
  if (!is_wanted(job_, stage_, place)) {
    close_span(job_, result_.span, StageEnd::Skipped);
    return {};
  }
  key_ = job_.key(stage_.key, place.item);
  key_.share = stage_.vary;
  if (stage_.kind == StageKind::Call) {
    return begin_call(key_);
  }
  waits_ = true;
  return job_.shared.runtime.now() + (stage_.kind == StageKind::Local
                                          ? begin_local(job_, stage_, key_, result_.span)
                                          : wait_of(job_, stage_, key_));
}

Instant PlainStage::begin_call(const DrawKey& key) {
  call_ = foresee_call(job_, stage_, key);
  if (call_ == nullptr) {
    goes_on_ = true;
    return {};
  }
  if (call_->has_ended) {
    woke(Wake::Fired);
    return {};
  }
  const Instant now = job_.shared.runtime.now();
  goes_on_ = stage_.timeout && call_->ends >= now + *stage_.timeout;
  waits_ = !goes_on_;
  return call_->ends;
}

void PlainStage::woke(Wake wake) {
  if (call_ == nullptr) {
    close(wake == Wake::Stopped ? StageEnd::Cancelled : StageEnd::Done);
    return;
  }
  const provider::Outcome outcome =
      job_.shared.providers[stage_.call.spec.provider]->settle(*call_, wake);
  call_ = nullptr;
  goes_on_ = note_attempt(job_, stage_, key_, result_.span, outcome, tries_);
  if (!goes_on_) {
    close(end_of(outcome.failure));
  }
}

Task<StageEnd> PlainStage::rest() {
  return call_ == nullptr ? run_call(job_, stage_, key_, result_.span, false, tries_)
                          : run_past_timeout(job_, stage_, key_, result_.span, *call_);
}

void PlainStage::close(StageEnd end) {
  close_span(job_, result_.span, end);
  note_first_result(job_, stage_, result_.span);
  result_.ok = is_success(end);
  result_ = conclude(job_, stage_, result_);
}

}  // namespace rehearse::engine
