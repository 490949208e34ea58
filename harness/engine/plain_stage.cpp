#include "harness/engine/plain_stage.hpp"

#include <utility>

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
                                std::uint32_t span, bool new_connection, provider::Foreseen& call) {
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
  co_return co_await run_call(job, stage, key, span, new_connection, tries);
}

}  // namespace

PlainStage::PlainStage(Job& job, std::uint32_t index, const Place& place, std::uint32_t released_by)
    : job_(job),
      stage_(job.shared.scenario.stages[index]),
      index_(index),
      whole_(true),
      key_(job.key(stage_.key, place.item)),
      sleep_(job.shared.runtime, begin(place, released_by), job.stop.token()) {}

PlainStage::PlainStage(Job& job, std::uint32_t index, const Place& place, std::uint32_t item,
                       std::uint32_t released_by)
    : job_(job),
      stage_(job.shared.scenario.stages[index]),
      index_(index),
      whole_(false),
      key_(job.key(stage_.key, item)),
      sleep_(job.shared.runtime, begin_item(place, released_by), job.stop.token()) {}

Instant PlainStage::begin(const Place& place, std::uint32_t released_by) {
  if (job_.stop.stop_requested()) {
    result_.ok = false;
    return {};
  }
  if (!is_wanted(job_, stage_, place)) {
    result_.span = open_span(job_, index_, place.item, place, released_by);
    close_span(job_, result_.span, StageEnd::Skipped);
    return {};
  }
  return begin_item(place, released_by);
}

Instant PlainStage::begin_item(const Place& place, std::uint32_t released_by) {
  result_.span = open_span(job_, index_, key_.item, place, released_by);
  key_.share = stage_.vary;
  if (stage_.kind == StageKind::Call && stage_.connection) {
    new_connection_ = true;
    const Duration wait = connect_of(job_, stage_, stage_.connection->connect, key_);
    if (wait > Duration::zero()) {
      wait_ = Wait::Connection;
      return job_.shared.runtime.now() + wait;
    }
  }
  return begin_work();
}

Instant PlainStage::begin_work() {
  if (stage_.kind == StageKind::Call) {
    return begin_call();
  }
  wait_ = Wait::Work;
  return job_.shared.runtime.now() + (stage_.kind == StageKind::Local
                                          ? begin_local(job_, stage_, key_, result_.span)
                                          : wait_of(job_, stage_, key_));
}

Instant PlainStage::begin_call() {
  call_ = foresee_call(job_, stage_, key_, new_connection_);
  if (call_ == nullptr) {
    go_on(run_call(job_, stage_, key_, result_.span, new_connection_, tries_));
    return {};
  }
  if (call_->has_ended) {
    settle(Wake::Fired);
    return {};
  }
  if (stage_.timeout && call_->ends >= job_.shared.runtime.now() + *stage_.timeout) {
    go_on(run_past_timeout(job_, stage_, key_, result_.span, new_connection_, *call_));
    return {};
  }
  wait_ = Wait::Work;
  return call_->ends;
}

void PlainStage::woke(Wake wake) {
  const Wait over = std::exchange(wait_, Wait::None);
  if (call_ != nullptr) {
    settle(wake);
  } else if (wake == Wake::Stopped) {
    close(StageEnd::Cancelled);
  } else if (over == Wait::Connection) {
    sleep_.set(begin_work());
  } else {
    close(StageEnd::Done);
  }
}

void PlainStage::settle(Wake wake) {
  const provider::Outcome outcome =
      job_.shared.providers[stage_.call.spec.provider]->settle(*call_, wake);
  if (note_attempt(job_, stage_, key_, result_.span, outcome, tries_)) {
    go_on(run_call(job_, stage_, key_, result_.span, new_connection_, tries_));
  } else {
    close(end_of(outcome.failure));
  }
}

void PlainStage::go_on(Task<StageEnd> rest) {
  rest_ = std::move(rest);
  wait_ = Wait::Rest;
}

void PlainStage::close(StageEnd end) {
  wait_ = Wait::None;
  close_span(job_, result_.span, end);
  result_.ok = is_success(end);
  if (whole_) {
    note_first_result(job_, stage_, result_.span);
    result_ = conclude(job_, stage_, result_);
  }
}

OpenGroup open_group(Job& job, std::uint32_t index, const Place& place, std::uint32_t released_by) {
  OpenGroup out;
  if (job.stop.stop_requested()) {
    out.result.ok = false;
    return out;
  }
  out.result.span = open_span(job, index, place.item, place, released_by);
  out.runs = is_wanted(job, job.shared.scenario.stages[index], place);
  if (!out.runs) {
    close_span(job, out.result.span, StageEnd::Skipped);
    return out;
  }
  out.inside = inside_of(place, place.item, out.result.span);
  return out;
}

void close_group(Job& job, std::uint32_t index, bool ok, OpenGroup& group) {
  const scenarios::Stage& stage = job.shared.scenario.stages[index];
  close_span(job, group.result.span, ok ? StageEnd::Done : StageEnd::Failed);
  group.result.ok = ok;
  note_first_result(job, stage, group.result.span);
  group.result = conclude(job, stage, group.result);
}

}  // namespace rehearse::engine
