#pragma once

#include <coroutine>
#include <cstdint>

#include "harness/engine/call_runner.hpp"
#include "harness/engine/stage_runner.hpp"

namespace rehearse::engine {

// A stage, or one item of its fan-out, that needs nothing but time (Plain in shared.hpp): no queue,
// cache, pool or fallback. An awaitable in the frame of what it stands in, because a coroutine of
// its own would cost as much as all else that such a stage does. It may have to wait several times
// (for its connection, its work, and by a coroutine after all where a call has to be made again):
//   while (step.waits()) { co_await step; }
// and result() is what run_stage() (run_item()) would have said.
class PlainStage {
 public:
  PlainStage(Job& job, std::uint32_t index, const Place& place, std::uint32_t released_by);
  // One item; its place is that of the fan-out.
  PlainStage(Job& job, std::uint32_t index, const Place& place, std::uint32_t item,
             std::uint32_t released_by);
  PlainStage(const PlainStage&) = delete;
  PlainStage& operator=(const PlainStage&) = delete;

  bool waits() const { return wait_ != Wait::None; }
  bool await_ready() { return wait_ != Wait::Rest && sleep_.await_ready(); }
  bool await_suspend(std::coroutine_handle<> coroutine) {
    return wait_ == Wait::Rest ? rest().await_suspend(coroutine) : sleep_.await_suspend(coroutine);
  }
  void await_resume() {
    if (wait_ == Wait::Rest) {
      close(rest().await_resume());
    } else {
      woke(sleep_.await_resume());
    }
  }
  const StageResult& result() const { return result_; }

 private:
  enum class Wait : std::uint8_t { None, Connection, Work, Rest };

  // When the first wait ends; opens the span.
  Instant begin(const Place& place, std::uint32_t released_by);
  Instant begin_item(const Place& place, std::uint32_t released_by);
  Instant begin_work();
  Instant begin_call();
  void woke(runtime::Wake wake);
  void settle(runtime::Wake wake);
  void go_on(runtime::Task<record::StageEnd> rest);
  void close(record::StageEnd end);
  runtime::Task<record::StageEnd>::Awaiter rest() { return std::move(rest_).operator co_await(); }

  Job& job_;
  const scenarios::Stage& stage_;
  std::uint32_t index_;
  bool whole_;  // the stage, not an item
  Wait wait_ = Wait::None;
  bool new_connection_ = false;
  StageResult result_;
  provider::Foreseen* call_ = nullptr;
  Tries tries_;
  DrawKey key_;
  runtime::Task<record::StageEnd> rest_;
  runtime::SleepAwaiter sleep_;  // last: begin() says for how long
};

// A group that needs nothing but its inner stages: between open_group() and close_group() they are
// run, by the level that it stands in.
struct OpenGroup {
  StageResult result;
  Place inside;
  bool runs = false;  // else it was skipped, or its job stops
};
OpenGroup open_group(Job& job, std::uint32_t index, const Place& place, std::uint32_t released_by);
void close_group(Job& job, std::uint32_t index, bool ok, OpenGroup& group);

}  // namespace rehearse::engine
