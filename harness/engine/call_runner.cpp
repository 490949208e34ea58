#include "harness/engine/call_runner.hpp"

#include <cmath>
#include <optional>
#include <string>

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

std::int64_t whole(const scenarios::Amount& a, const Job& job, const DrawKey& key, Dimension d) {
  return std::llround(std::min(amount(a, job, key, d), 9e15));
}

CallFeatures features_of(const scenarios::CallSpec& spec, const Job& job, const DrawKey& key,
                         CallTexts& texts) {
  CallFeatures f;
  f.operation = spec.operation;
  f.model = text_of(spec.model, job, texts.model);
  f.size = text_of(spec.size, job, texts.size);
  f.quality = text_of(spec.quality, job, texts.quality);
  f.input_tokens = whole(spec.input_tokens, job, key, Dimension::InputTokens);
  f.cached_tokens = whole(spec.cached_tokens, job, key, Dimension::CachedTokens);
  f.output_tokens =
      spec.output_tokens ? whole(*spec.output_tokens, job, key, Dimension::OutputTokens) : 0;
  f.max_tokens = spec.max_tokens ? whole(*spec.max_tokens, job, key, Dimension::OutputTokens) : 0;
  f.n = std::max<std::int64_t>(1, whole(spec.n, job, key, Dimension::Content));
  f.steps = whole(spec.steps, job, key, Dimension::Content);
  f.audio_ms = std::llround(amount(spec.seconds, job, key, Dimension::Content) * 1000);
  f.characters = whole(spec.characters, job, key, Dimension::Content);
  f.bytes = spec.bytes ? whole(*spec.bytes, job, key, Dimension::Bytes) : 0;
  f.stream = spec.stream;
  return f;
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

void record_attempt(Job& job, std::uint32_t span, std::uint32_t number, bool hedge,
                    const Outcome& outcome) {
  job.attempts.push_back({.span = span,
                          .number = number,
                          .hedge = hedge,
                          .failure = static_cast<std::uint8_t>(outcome.failure),
                          .status = outcome.status,
                          .chunks = outcome.chunks,
                          .started = outcome.started,
                          .first_chunk = outcome.first_chunk,
                          .done = outcome.done,
                          .usage = outcome.usage,
                          .cost = outcome.cost,
                          .wire = outcome.wire});
}

// One attempt under the stage's timeout.
Task<Outcome> attempt(Job& job, const scenarios::Stage& stage, const provider::Call& call,
                      StopToken stop) {
  provider::Provider& provider = *job.shared.providers[stage.call.spec.provider];
  if (!stage.timeout) {
    co_return co_await provider.call(call, stop);
  }
  runtime::Runtime& rt = job.shared.runtime;
  runtime::StopSource limit(stop);
  const Instant at = rt.now() + *stage.timeout;
  runtime::Deadline deadline(rt, at, limit);
  const StopToken limited = limit.token();
  Outcome outcome = co_await provider.call(call, limited);
  if (outcome.failure == Failure::Cancelled && deadline.expired()) {
    outcome.failure = Failure::Timeout;
    outcome.should_retry = true;
  }
  co_return outcome;
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
                        std::uint32_t span, bool hedge, Race& race, CallResult& total) {
  ++race.running;
  const StopToken token = race.stop.token();
  Outcome outcome = co_await attempt(job, stage, call, token);
  --race.running;
  record_attempt(job, span, call.key.attempt, hedge, outcome);
  total.usage += outcome.usage;
  total.cost += outcome.cost;
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
                              std::uint32_t span, CallResult& total) {
  runtime::Runtime& rt = job.shared.runtime;
  Race race(rt, job.stop.token());
  ++total.attempts;
  race.group.spawn(race_attempt(job, stage, call, span, false, race, total));
  for (std::uint32_t hedge = 0; hedge < stage.hedge->max; ++hedge) {
    const StopToken token = race.waiter.token();
    const runtime::Wake wake = co_await rt.sleep(stage.hedge->after, token);
    if (wake == runtime::Wake::Stopped) {
      break;
    }
    call.key.attempt = total.attempts;
    ++total.attempts;
    race.group.spawn(race_attempt(job, stage, call, span, true, race, total));
  }
  co_await race.group.join();
  co_return std::move(*race.best);
}

}  // namespace

Task<CallResult> run_call(Job& job, const scenarios::Stage& stage, DrawKey key, std::uint32_t span,
                          bool new_connection) {
  runtime::Runtime& rt = job.shared.runtime;
  const load::Backoff backoff{.base = stage.retry.base,
                              .factor = stage.retry.factor,
                              .cap = stage.retry.cap,
                              .jitter = stage.retry.jitter,
                              .honour_retry_after = stage.retry.honour_retry_after,
                              .retry_after_cap = stage.retry.retry_after_cap};
  CallTexts texts;
  CallTexts base_texts;
  provider::Call call{.key = key, .stage = stage.path};
  call.features = features_of(stage.call.spec, job, key, texts);
  if (stage.call.base) {
    call.time_ratio = time_ratio(job, stage, key, call.features,
                                 features_of(*stage.call.base, job, key, base_texts));
  }
  call.new_connection = new_connection;
  const auto index = static_cast<std::uint32_t>(&stage - job.shared.scenario.stages.data());
  const std::string filled = job.shared.fills_request[index] ? job.fill_request(index) : "";
  call.request = job.shared.fills_request[index] ? filled : job.shared.requests[index];
  call.keep_text = job.shared.keep_text[index];

  CallResult result;
  const StopToken stop = job.stop.token();
  for (std::uint32_t retry = 0;; ++retry) {
    call.key.attempt = result.attempts;
    Outcome outcome;
    if (stage.hedge) {
      outcome = co_await hedged_attempts(job, stage, call, span, result);
    } else {
      ++result.attempts;
      outcome = co_await attempt(job, stage, call, stop);
      record_attempt(job, span, call.key.attempt, false, outcome);
      result.usage += outcome.usage;
      result.cost += outcome.cost;
    }
    if (call.keep_text && outcome.ok()) {
      job.texts[index] = outcome.text;
    }
    result.failure = outcome.failure;
    result.first_chunk = outcome.first_chunk;
    result.truncated = outcome.truncated;
    const bool worth_it =
        outcome.failure == Failure::Timeout ? stage.retry.on_timeout : outcome.should_retry;
    if (outcome.ok() || !worth_it || retry >= stage.retry.max_retries || stop.stop_requested()) {
      co_return result;
    }
    ++job.retries;
    const double u = call.key.uniform(Dimension::RetryJitter);
    const Duration wait = backoff.wait(retry, u, outcome.retry_after);
    const runtime::Wake wake = co_await rt.sleep(wait, stop);
    if (wake == runtime::Wake::Stopped) {
      result.failure = Failure::Cancelled;
      co_return result;
    }
  }
}

}  // namespace rehearse::engine
