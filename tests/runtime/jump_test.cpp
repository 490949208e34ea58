// Jumping over a wait must not be seen: a run with jumps and one without tell the same.
#include <catch2/catch.hpp>
#include <string>

#include "harness/base/rng.hpp"
#include "harness/runtime/event.hpp"
#include "harness/runtime/semaphore.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "harness/runtime/task_group.hpp"

using namespace rehearse;
using namespace rehearse::runtime;
using namespace rehearse::literals;

namespace {

struct StepByStep : SimRuntime {
  StepByStep() { jumps_ = false; }
};

struct Shared {
  explicit Shared(Runtime& r, std::uint64_t seed) : runtime(r), slots(r, 2), state(seed) {}
  Runtime& runtime;
  Semaphore slots;
  std::uint64_t state;
  std::string log;
  std::uint64_t next(std::uint64_t below) { return (state = mix64(state)) % below; }
  void note(int who, char what) {
    log += std::to_string(runtime.now().count_ns()) + what + std::to_string(who) + ' ';
  }
};

// Sleeps, queues, starts others and waits for them: decisions depend on the order of all events, so
// one that comes too early or too late changes everything after it.
Task<void> wander(Shared& s, int who, int depth, StopToken stop) {
  const std::uint64_t steps = 1 + s.next(6);
  for (std::uint64_t step = 0; step < steps; ++step) {
    const std::uint64_t what = s.next(depth < 3 ? 5 : 3);
    if (what < 2) {
      const Duration time = Duration::nanoseconds(static_cast<std::int64_t>(s.next(4)) - 1);
      const Wake wake = co_await s.runtime.sleep(time, stop);
      s.note(who, wake == Wake::Fired ? 's' : '!');
    } else if (what < 3) {
      const Wake got = co_await s.slots.acquire(1, 0, stop);
      s.note(who, 'a');
      co_await s.runtime.sleep(2_ns);
      if (got == Wake::Fired) {
        s.slots.release();
      }
      s.note(who, 'r');
    } else if (what < 4) {
      co_await wander(s, who * 10 + 1, depth + 1, stop);
      s.note(who, 'c');
    } else {
      TaskGroup group(s.runtime);
      StopSource some(stop);
      const StopToken token = some.token();
      for (int child = 0; child < 3; ++child) {
        group.spawn(wander(s, who * 10 + child, depth + 1, token));
        s.note(who, 'g');
      }
      if (s.next(3) == 0) {
        some.request_stop();
      }
      co_await group.join();
      s.note(who, 'j');
    }
  }
}

struct Told {
  std::string log;
  std::uint64_t events;
  Instant end;
};

template <typename AnyRuntime>
Told tell(std::uint64_t seed) {
  AnyRuntime runtime;
  Shared shared(runtime, seed);
  runtime.run(wander(shared, 1, 0, StopToken()));
  return {shared.log, runtime.queue().events(), runtime.now()};
}

}  // namespace

TEST_CASE("what happens, when and in which order does not depend on jumps") {
  std::size_t longest = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    const Told jumping = tell<SimRuntime>(seed);
    const Told stepping = tell<StepByStep>(seed);
    REQUIRE(jumping.log == stepping.log);
    CHECK(jumping.events == stepping.events);
    CHECK(jumping.end == stepping.end);
    longest = std::max(longest, jumping.log.size());
  }
  CHECK(longest > 5'000);  // some of them wander far
}

namespace {

Task<void> sleep_once(Shared& s, int who, Duration time) {
  co_await s.runtime.sleep(time);
  s.note(who, 's');
}

Task<void> three_sleepers(Shared& s) {
  TaskGroup group(s.runtime);
  group.spawn(sleep_once(s, 1, 3_ns));
  group.spawn(sleep_once(s, 2, 3_ns));
  group.spawn(sleep_once(s, 3, 2_ns));
  s.note(0, 'x');
  co_await group.join();
}

}  // namespace

TEST_CASE("no wait ends before a timer that is due earlier, nor before its starter has gone on") {
  SimRuntime runtime;
  Shared shared(runtime, 1);
  runtime.run(three_sleepers(shared));
  CHECK(shared.log == "0x0 2s3 3s1 3s2 ");
}
