#pragma once

#include <coroutine>
#include <cstdint>

#include "harness/engine/call_runner.hpp"
#include "harness/engine/stage_runner.hpp"

namespace rehearse::engine {

// A stage that needs nothing but time: no queue, cache, connection, fan-out or fallback. An
// awaitable in the frame of the chain that it stands in, because a coroutine of its own would cost
// as much as all else that such a stage does. Await it, then
//   if (step.goes_on()) { const record::StageEnd end = co_await step.rest(); step.close(end); }
// and result() is what run_stage() would have said.
class PlainStage {
 public:
  PlainStage(Job& job, std::uint32_t index, const Place& place, std::uint32_t released_by);
  PlainStage(const PlainStage&) = delete;
  PlainStage& operator=(const PlainStage&) = delete;

  bool await_ready() { return !waits_ || sleep_.await_ready(); }
  bool await_suspend(std::coroutine_handle<> coroutine) { return sleep_.await_suspend(coroutine); }
  void await_resume() {
    if (waits_) {
      woke(sleep_.await_resume());
    }
  }

  // Whether its call needs more than the one attempt whose end was foreseen.
  bool goes_on() const { return goes_on_; }
  runtime::Task<record::StageEnd> rest();
  void close(record::StageEnd end);
  const StageResult& result() const { return result_; }

 private:
  // When it ends, as far as can be seen; opens its span.
  Instant begin(const Place& place, std::uint32_t released_by);
  Instant begin_call(const DrawKey& key);
  void woke(runtime::Wake wake);

  Job& job_;
  const scenarios::Stage& stage_;
  std::uint32_t index_;
  StageResult result_;
  bool waits_ = false;
  bool goes_on_ = false;
  provider::Foreseen* call_ = nullptr;
  Tries tries_;
  DrawKey key_;
  runtime::SleepAwaiter sleep_;  // last: begin() says for how long
};

}  // namespace rehearse::engine
