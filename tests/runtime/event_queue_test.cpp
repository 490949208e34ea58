#include "harness/runtime/event_queue.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "harness/base/rng.hpp"

using namespace rehearse;
using namespace rehearse::runtime;

namespace {

struct Timer : TimerNode {
  Timer() { fire = &Timer::note; }
  static void note(TimerNode& node) {
    auto& self = static_cast<Timer&>(node);
    self.log->push_back(self.number);
  }
  std::vector<int>* log = nullptr;
  int number = 0;
  std::int64_t at = 0;
};

}  // namespace

TEST_CASE("timers fire as a sorted list of them would, whatever is set and cancelled in between") {
  const auto seed = GENERATE(1, 2, 3, 4, 5);
  std::uint64_t state = static_cast<std::uint64_t>(seed);
  const auto next = [&](std::uint64_t below) { return (state = mix64(state)) % below; };
  EventQueue queue;
  std::vector<int> fired;
  std::vector<int> expected;
  std::vector<std::unique_ptr<Timer>> timers;
  std::vector<Timer*> pending;  // in the order in which they were set
  for (int step = 0; step < 5000; ++step) {
    const std::uint64_t what = next(10);
    if (what < 5 || pending.empty()) {
      timers.push_back(std::make_unique<Timer>());
      Timer& timer = *timers.back();
      timer.log = &fired;
      timer.number = step;
      timer.at = static_cast<std::int64_t>(next(200));
      queue.schedule(timer, Instant::from_ns(timer.at));
      pending.push_back(&timer);
    } else if (what < 6) {
      const auto which = pending.begin() + static_cast<std::ptrdiff_t>(next(pending.size()));
      queue.cancel(**which);
      pending.erase(which);
    } else {
      const auto first = std::min_element(pending.begin(), pending.end(),
                                          [](auto* a, auto* b) { return a->at < b->at; });
      CHECK(queue.earliest() <= Instant::from_ns((*first)->at));
      CHECK(queue.next_time() == Instant::from_ns((*first)->at));
      expected.push_back((*first)->number);
      pending.erase(first);
      queue.fire_next();
    }
    REQUIRE(queue.pending_timers() == pending.size());
  }
  CHECK(fired == expected);
  for (Timer* timer : pending) {
    queue.cancel(*timer);
  }
  CHECK(queue.earliest() <= queue.next_time());
}
