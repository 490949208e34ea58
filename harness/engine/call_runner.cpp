#include "harness/engine/call_runner.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "harness/engine/span.hpp"
#include "harness/load/backoff.hpp"
#include "harness/runtime/deadline.hpp"

namespace rehearse::engine {
namespace {

using provider::Failure;
using provider::Outcome;
using runtime::StopToken;
using runtime::Task;

// Texts of a call that depend on the job's inputs; views of constants need no copy.
struct CallTexts {
  std::string model;
  std::string size;
  std::string quality;
};

std::string_view text_of(const scenarios::Text& text, const Job& job, std::string& storage) {
  if (!text.expression) {
    return text.constant;
  }
  storage = text.value(job.inputs);
  return storage;
}

// Draws what a call asks for over what all calls of its stage ask for; `plan` is that of `spec`.
void fill_features(const CallPlan& plan, const scenarios::CallSpec& spec, const Job& job,
                   const DrawKey& key, std::optional<CallTexts>& texts, CallFeatures& f) {
  if (plan.texts_vary) {
    texts.emplace();
    f.model = text_of(spec.model, job, texts->model);
    f.size = text_of(spec.size, job, texts->size);
    f.quality = text_of(spec.quality, job, texts->quality);
  }
  for (const CallPlan::Varying& each : plan.varying) {
    f.*each.field =
        std::max(each.least, whole(amount(*each.amount, job, key, each.dimension) * each.units));
  }
}

// How much longer the call takes than the base's, by the two profiles; 1 where one does not know.
double time_ratio(const Job& job, const scenarios::Stage& stage, const DrawKey& key,
                  const CallFeatures& asked, const CallFeatures& base) {
  const auto& providers = job.shared.providers;
  const Duration now = providers[stage.call.spec.provider]->typical_of(asked, key);
  const Duration before = providers[stage.call.base->provider]->typical_of(base, key);
  const bool known = now > Duration::zero() && before > Duration::zero();
  return known ? static_cast<double>(now.count_ns()) / static_cast<double>(before.count_ns()) : 1;
}

// What the call has come to with its latest attempt.
void note_outcome(Job& job, std::uint32_t span, const Outcome& outcome, const Tries& tries) {
  LiveSpan& s = job.trail.spans[span];
  s.first_chunk = outcome.first_chunk;
  s.attempts = static_cast<std::uint16_t>(std::min<std::uint32_t>(tries.attempts, 0xFFFF));
  s.failure = static_cast<std::uint8_t>(outcome.failure);
  s.truncated = outcome.truncated;
}

// Whether another attempt is worth it and allowed; says how long to wait before it.
bool plan_retry(Job& job, const scenarios::Stage& stage, const DrawKey& key, const Outcome& outcome,
                Tries& tries) {
  const scenarios::RetrySpec& retry = stage.retry;
  const bool worth_it =
      outcome.failure == Failure::Timeout ? retry.on_timeout : outcome.should_retry;
  if (outcome.ok() || !worth_it || tries.retries >= retry.max_retries ||
      job.stop.stop_requested()) {
    return false;
  }
  const load::Backoff backoff{.base = retry.base,
                              .factor = retry.factor,
                              .cap = retry.cap,
                              .jitter = retry.jitter,
                              .honour_retry_after = retry.honour_retry_after,
                              .retry_after_cap = retry.retry_after_cap};
  const double u = key.uniform(Dimension::RetryJitter);
  tries.pause = backoff.wait(tries.retries, u, outcome.retry_after);
  ++tries.retries;
  ++job.retries;
  return true;
}

// One attempt under the stage's timeout.
Task<Outcome> limited_attempt(Job& job, const scenarios::Stage& stage, const provider::Call& call,
                              StopToken stop) {
  provider::Provider& provider = *job.shared.providers[stage.call.spec.provider];
  runtime::Runtime& rt = job.shared.runtime;
  runtime::StopSource limit(stop);
  const Instant at = rt.now() + *stage.timeout;
  runtime::Deadline deadline(rt, at, limit);
  const StopToken limited = limit.token();
  Outcome outcome = co_await provider.call(call, limited);
  note_timeout(outcome, deadline.expired());
  co_return outcome;
}

// One attempt. No coroutine of its own: without a timeout there is nothing to watch over.
Task<Outcome> attempt(Job& job, const scenarios::Stage& stage, const provider::Call& call,
                      StopToken stop) {
  return stage.timeout ? limited_attempt(job, stage, call, stop)
                       : job.shared.providers[stage.call.spec.provider]->call(call, stop);
}

// Attempts that race: the first success ends the others.
struct Race {
  explicit Race(runtime::Runtime& rt, StopToken parent)
      : stop(parent), waiter(stop.token()), group(rt) {}
  runtime::StopSource stop;    // of all attempts
  runtime::StopSource waiter;  // of the wait for the next hedge
  runtime::TaskGroup group;
  std::optional<Outcome> best;
  std::uint32_t running = 0;
};

Task<void> race_attempt(Job& job, const scenarios::Stage& stage, provider::Call call,
                        std::uint32_t span, bool hedge, Race& race) {
  ++race.running;
  const StopToken token = race.stop.token();
  Outcome outcome = co_await attempt(job, stage, call, token);
  --race.running;
  job.trail.note_attempt(span, call.key.attempt, hedge, outcome);
  const bool had_success = race.best && race.best->ok();
  if (!had_success && (outcome.ok() || outcome.failure != Failure::Cancelled || !race.best)) {
    race.best = std::move(outcome);
  }
  if (race.best->ok()) {
    race.stop.request_stop();
  } else if (race.running == 0) {
    race.waiter.request_stop();
  }
}

Task<Outcome> hedged_attempts(Job& job, const scenarios::Stage& stage, provider::Call call,
                              std::uint32_t span, Tries& tries) {
  runtime::Runtime& rt = job.shared.runtime;
  Race race(rt, job.stop.token());
  ++tries.attempts;
  race.group.spawn(race_attempt(job, stage, call, span, false, race));
  for (std::uint32_t hedge = 0; hedge < stage.hedge->max; ++hedge) {
    const StopToken token = race.waiter.token();
    const runtime::Wake wake = co_await rt.sleep(stage.hedge->after, token);
    if (wake == runtime::Wake::Stopped) {
      break;
    }
    call.key.attempt = tries.attempts;
    ++tries.attempts;
    race.group.spawn(race_attempt(job, stage, call, span, true, race));
  }
  co_await race.group.join();
  co_return std::move(*race.best);
}

// A call as its stage describes it for this job, and the texts that it points to.
struct Prepared {
  std::optional<CallTexts> texts;
  std::string request;
  provider::Call call;
};

std::uint32_t index_of(const Job& job, const scenarios::Stage& stage) {
  return static_cast<std::uint32_t>(&stage - job.shared.scenario.stages.data());
}

// Draws over a draft of the stage's calls (Shared::drafts) what this job's asks for: all that
// virtual time looks at.
void draw_call(const Job& job, const scenarios::Stage& stage, const DrawKey& key,
               std::optional<CallTexts>& texts, provider::Call& call) {
  const std::uint32_t index = index_of(job, stage);
  call.key = key;
  fill_features(job.shared.plan.calls[index], stage.call.spec, job, key, texts, call.features);
  call.time_ratio = stage.time_scale;
  if (stage.call.base) {
    const CallPlan& plan = job.shared.plan.base_calls[index];
    std::optional<CallTexts> base_texts;
    CallFeatures base = plan.features;
    fill_features(plan, *stage.call.base, job, key, base_texts, base);
    call.time_ratio *= time_ratio(job, stage, key, call.features, base);
  }
}

// And what is really sent.
void prepare(const Job& job, const scenarios::Stage& stage, const DrawKey& key, bool new_connection,
             Prepared& out) {
  const Shared& shared = job.shared;
  const std::uint32_t index = index_of(job, stage);
  provider::Call& call = out.call;
  call = shared.drafts[index];
  draw_call(job, stage, key, out.texts, call);
  call.new_connection = new_connection;
  if (shared.plan.fills_request[index] != 0) {
    out.request = job.fill_request(index);
    call.request = out.request;
  } else {
    call.request = shared.plan.requests[index];
  }
  call.keep_text = shared.plan.keep_text[index] != 0;
}

void keep_text(Job& job, const scenarios::Stage& stage, const Outcome& outcome) {
  const std::uint32_t index = index_of(job, stage);
  if (job.shared.plan.keep_text[index] != 0 && outcome.ok()) {
    job.texts[index] = outcome.text;
  }
}

}  // namespace

void note_timeout(Outcome& outcome, bool expired) {
  if (outcome.failure == Failure::Cancelled && expired) {
    outcome.failure = Failure::Timeout;
    outcome.should_retry = true;
  }
}

provider::Foreseen* foresee_call(Job& job, const scenarios::Stage& stage, const DrawKey& key,
                                 bool new_connection) {
  // The draft itself: it need not outlive foresee(), and whoever draws over it draws all.
  provider::Call& call = job.shared.drafts[index_of(job, stage)];
  std::optional<CallTexts> texts;
  draw_call(job, stage, key, texts, call);
  call.new_connection = new_connection;
  return job.shared.providers[stage.call.spec.provider]->foresee(call);
}

bool note_attempt(Job& job, const scenarios::Stage& stage, const DrawKey& key, std::uint32_t span,
                  const Outcome& outcome, Tries& tries) {
  const std::uint32_t attempt = tries.attempts++;
  job.trail.note_attempt(span, attempt, false, outcome);
  note_outcome(job, span, outcome, tries);
  if (outcome.ok()) {
    return false;
  }
  DrawKey again = key;
  again.attempt = attempt;
  return plan_retry(job, stage, again, outcome, tries);
}

Task<record::StageEnd> run_call(Job& job, const scenarios::Stage& stage, DrawKey key,
                                std::uint32_t span, bool new_connection, Tries tries) {
  const StopToken stop = job.stop.token();
  Prepared prepared;
  prepare(job, stage, key, new_connection, prepared);
  provider::Call& call = prepared.call;
  for (;;) {
    if (tries.attempts > 0) {
      const runtime::Wake wake = co_await job.shared.runtime.sleep(tries.pause, stop);
      if (wake == runtime::Wake::Stopped) {
        job.trail.spans[span].failure = static_cast<std::uint8_t>(Failure::Cancelled);
        co_return record::StageEnd::Cancelled;
      }
    }
    call.key.attempt = tries.attempts;
    Outcome outcome;
    bool again = false;
    if (stage.hedge) {
      outcome = co_await hedged_attempts(job, stage, call, span, tries);
      note_outcome(job, span, outcome, tries);
      again = plan_retry(job, stage, call.key, outcome, tries);
    } else {
      outcome = co_await attempt(job, stage, call, stop);
      again = note_attempt(job, stage, key, span, outcome, tries);
    }
    keep_text(job, stage, outcome);
    if (!again) {
      co_return end_of(outcome.failure);
    }
  }
}

}  // namespace rehearse::engine
