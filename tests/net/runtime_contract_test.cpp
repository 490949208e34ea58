// One suite over both runtimes: what holds in virtual time holds in real time.
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>

#include "harness/net/asio_runtime.hpp"
#include "harness/runtime/deadline.hpp"
#include "harness/runtime/event.hpp"
#include "harness/runtime/semaphore.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "harness/runtime/task_group.hpp"

using namespace rehearse;
using namespace rehearse::runtime;
using namespace rehearse::literals;

#define RUNTIMES SimRuntime, net::AsioRuntime

namespace {

using Log = std::string;

Task<void> note(Log& log, char name) {
  log += name;
  co_return;
}

Task<void> sleep_and_note(Runtime& runtime, Duration time, StopToken stop, Log& log, char name) {
  const Wake wake = co_await runtime.sleep(time, stop);
  log += wake == Wake::Fired ? name : '!';
}

Task<void> sleep_all(Runtime& runtime, std::vector<Duration> times, Log& log) {
  TaskGroup group(runtime);
  char name = 'a';
  for (const Duration time : times) {
    group.spawn(sleep_and_note(runtime, time, StopToken(), log, name++));
  }
  co_await group.join();
}

}  // namespace

TEMPLATE_TEST_CASE("timers fire by time, then in the order they were set", "", RUNTIMES) {
  TestType runtime;
  Log log;
  runtime.run(sleep_all(runtime, {3_ms, 1_ms, 2_ms, 1_ms, 0_ms, 3_ms}, log));
  CHECK(log == "ebdcaf");
  CHECK(runtime.now() >= Instant() + 3_ms);
}

namespace {
Task<void> sleep_into_the_past(Runtime& runtime, Log& log) {
  co_await runtime.sleep(2_ms);
  const Instant before = runtime.now();
  TaskGroup group(runtime);
  group.spawn(sleep_and_note(runtime, -1_s, StopToken(), log, 'a'));
  log += 'x';  // even a past instant waits for its turn
  co_await group.join();
  log += runtime.now() >= before ? 'y' : 'n';
}
}  // namespace

TEMPLATE_TEST_CASE("an instant of the past passes through the queue, and time never goes back", "",
                   RUNTIMES) {
  TestType runtime;
  Log log;
  runtime.run(sleep_into_the_past(runtime, log));
  CHECK(log == "xay");
}

namespace {
Task<void> wait_and_note(Event& event, StopToken stop, Log& log, char name) {
  const Wake wake = co_await event.wait(stop);
  log += wake == Wake::Fired ? name : '!';
}

Task<void> many_wait(Runtime& runtime, Log& log) {
  Event event(runtime);
  TaskGroup group(runtime);
  for (const char name : {'a', 'b', 'c'}) {
    group.spawn(wait_and_note(event, StopToken(), log, name));
  }
  co_await runtime.sleep(1_ms);
  event.set();
  log += 'x';  // nobody was resumed from inside set()
  co_await group.join();
  co_await event.wait();
  log += 'y';
}
}  // namespace

TEMPLATE_TEST_CASE("an event wakes its waiters through the ready queue, first come first served",
                   "", RUNTIMES) {
  TestType runtime;
  Log log;
  runtime.run(many_wait(runtime, log));
  CHECK(log == "xabcy");
}

namespace {
Task<void> stop_one_of_two(Runtime& runtime, Log& log) {
  StopSource source;
  TaskGroup group(runtime);
  group.spawn(sleep_and_note(runtime, 3600_s, source.token(), log, 'a'));
  group.spawn(sleep_and_note(runtime, 2_ms, StopToken(), log, 'b'));
  co_await runtime.sleep(1_ms);
  source.request_stop();
  log += 'x';
  co_await group.join();
  const StopToken stopped = source.token();
  co_await sleep_and_note(runtime, 3600_s, stopped, log, 'c');
}
}  // namespace

TEMPLATE_TEST_CASE("a stop ends a wait at once, whether it came before or while waiting", "",
                   RUNTIMES) {
  TestType runtime;
  Log log;
  runtime.run(stop_one_of_two(runtime, log));
  CHECK(log == "x!b!");
  CHECK(runtime.now() < Instant() + 1000_s);
  CHECK(runtime.queue().pending_timers() == 0);
}

namespace {
Task<void> stop_waiters(Runtime& runtime, Log& log) {
  StopSource parent;
  StopSource child(parent.token());
  Event event(runtime);
  TaskGroup group(runtime);
  group.spawn(wait_and_note(event, child.token(), log, 'a'));
  group.spawn(wait_and_note(event, StopToken(), log, 'b'));
  parent.request_stop();
  co_await runtime.sleep(1_ms);
  event.set();
  co_await group.join();
}
}  // namespace

TEMPLATE_TEST_CASE("a stop of a parent ends the waits of its children and of nobody else", "",
                   RUNTIMES) {
  TestType runtime;
  Log log;
  runtime.run(stop_waiters(runtime, log));
  CHECK(log == "!b");
}

namespace {
Task<void> with_deadline(Runtime& runtime, Duration limit, Duration work, Log& log) {
  StopSource source;
  const Instant at = runtime.now() + limit;
  Deadline deadline(runtime, at, source);
  const StopToken stop = source.token();
  co_await sleep_and_note(runtime, work, stop, log, 'd');
  log += deadline.expired() ? 'E' : 'e';
}
Task<void> two_deadlines(Runtime& runtime, Log& log) {
  co_await with_deadline(runtime, 1_ms, 3600_s, log);
  co_await with_deadline(runtime, 3600_s, 1_ms, log);
}
}  // namespace

TEMPLATE_TEST_CASE("a deadline ends only what takes longer", "", RUNTIMES) {
  TestType runtime;
  Log log;
  runtime.run(two_deadlines(runtime, log));
  CHECK(log == "!Ede");
  CHECK(runtime.queue().pending_timers() == 0);
}

namespace {
Task<void> hold(Runtime& runtime, Semaphore& semaphore, int priority, Log& log, char name) {
  co_await semaphore.acquire(1, priority);
  log += name;
  co_await runtime.sleep(1_ms);
  semaphore.release();
}
Task<void> hold_unless_stopped(Semaphore& semaphore, StopToken stop, Log& log) {
  const Wake wake = co_await semaphore.acquire(1, 9, stop);
  log += wake == Wake::Stopped ? '!' : '?';
}
Task<void> share(Runtime& runtime, Log& log) {
  Semaphore semaphore(runtime, 1);
  StopSource source;
  TaskGroup group(runtime);
  group.spawn(hold(runtime, semaphore, 0, log, 'a'));
  group.spawn(hold(runtime, semaphore, 0, log, 'b'));
  group.spawn(hold(runtime, semaphore, 5, log, 'c'));
  group.spawn(hold_unless_stopped(semaphore, source.token(), log));
  source.request_stop();
  co_await group.join();
  log += semaphore.in_use() == 0 ? '.' : '#';
}
}  // namespace

TEMPLATE_TEST_CASE(
    "a semaphore serves by priority, then in order, and a stopped waiter takes nothing", "",
    RUNTIMES) {
  TestType runtime;
  Log log;
  runtime.run(share(runtime, log));
  CHECK(log == "a!cb.");
}

namespace {
Task<void> fail_after(Runtime& runtime, Duration time) {
  co_await runtime.sleep(time);
  throw std::runtime_error("first");
}
Task<void> group_of_failures(Runtime& runtime, Log& log) {
  TaskGroup group(runtime);
  group.spawn(fail_after(runtime, 1_ms));
  group.spawn(sleep_and_note(runtime, 2_ms, StopToken(), log, 'a'));
  co_await group.join();
}
}  // namespace

TEMPLATE_TEST_CASE("a task group waits for all and then rethrows", "", RUNTIMES) {
  TestType runtime;
  Log log;
  CHECK_THROWS_WITH(runtime.run(group_of_failures(runtime, log)), "first");
  CHECK(log == "a");
}

TEMPLATE_TEST_CASE("a root that never waits ends at once, and a runtime runs again", "", RUNTIMES) {
  TestType runtime;
  Log log;
  runtime.run(note(log, 'a'));
  runtime.run(sleep_all(runtime, {1_ms}, log));
  CHECK(log == "aa");
}

namespace {
Task<void> wait_for_ever(Event& event, StopToken stop, Log& log) {
  const Wake wake = co_await event.wait(stop);
  log += wake == Wake::Stopped ? '!' : '?';
}
}  // namespace

TEMPLATE_TEST_CASE("where everybody waits for somebody else, on_stuck is asked", "", RUNTIMES) {
  TestType runtime;
  Log log;
  Event event(runtime);
  StopSource source;
  int asked = 0;
  runtime.set_on_stuck([&] {
    ++asked;
    source.request_stop();
    return true;
  });
  runtime.run(wait_for_ever(event, source.token(), log));
  CHECK(log == "!");
  CHECK(asked == 1);
}

namespace {
Task<void> take_turns(Runtime& runtime, int turns, Log& log, char name) {
  for (int i = 0; i < turns; ++i) {
    co_await runtime.sleep(0_ms);
    log += name;
  }
}
Task<void> a_busy_pair(Runtime& runtime, Log& log) {
  TaskGroup group(runtime);
  group.spawn(take_turns(runtime, 1000, log, 'a'));
  group.spawn(take_turns(runtime, 1000, log, 'b'));
  co_await group.join();
}
}  // namespace

TEMPLATE_TEST_CASE("timers of the same task chain stay in the order of time", "", RUNTIMES) {
  TestType runtime;
  Log log;
  runtime.run(a_busy_pair(runtime, log));
  REQUIRE(log.size() == 2000);
  CHECK(log.substr(0, 6) == "ababab");
}
