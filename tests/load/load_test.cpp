#include <catch2/catch.hpp>

#include <cmath>

#include "harness/load/arrival.hpp"
#include "harness/load/backoff.hpp"
#include "harness/load/breaker.hpp"

using namespace rehearse;
using namespace rehearse::literals;
using load::ArrivalKind;
using load::ArrivalSchedule;
using load::CircuitBreaker;

namespace {

ArrivalSchedule::Options options(ArrivalKind kind, double rate) {
  ArrivalSchedule::Options out;
  out.kind = kind;
  out.phases = {{.rate_from = rate, .rate_to = rate, .length = 1_s}};
  return out;
}

Instant at(double s) { return Instant::from_seconds(s); }

}  // namespace

TEST_CASE("constant arrivals start at once and keep their beat past the last phase") {
  ArrivalSchedule schedule(options(ArrivalKind::Constant, 2));
  for (int i = 0; i < 10; ++i) {
    CHECK(schedule.next() == at(0.5 * i));
  }
}

TEST_CASE("no arrival comes at or after the end") {
  ArrivalSchedule::Options o = options(ArrivalKind::Constant, 2);
  o.length = 2_s;
  ArrivalSchedule schedule(o);
  int count = 0;
  while (schedule.next() != Instant::never()) {
    ++count;
  }
  CHECK(count == 4);
  CHECK(schedule.next() == Instant::never());
}

TEST_CASE("a rate of zero brings nobody, and a ramp from zero starts slowly") {
  ArrivalSchedule none(options(ArrivalKind::Poisson, 0));
  CHECK(none.next() == Instant::never());
  ArrivalSchedule::Options ramp;
  ramp.kind = ArrivalKind::Constant;
  ramp.phases = {{.rate_from = 0, .rate_to = 10, .length = 10_s}};
  ArrivalSchedule schedule(ramp);
  schedule.next();
  // The integral of t is t²/2: the first whole arrival after sqrt(2) seconds, the 50th at 10 s.
  CHECK(schedule.next().count_s() == Approx(std::sqrt(2.0)));
  Instant last;
  for (int i = 2; i <= 50; ++i) {
    last = schedule.next();
  }
  CHECK(last.count_s() == Approx(10));
  CHECK((schedule.next() - last).count_s() == Approx(0.1));
}

TEST_CASE("random gaps have the mean and variation they were asked for") {
  for (const double cv : {0.5, 1.0, 2.0}) {
    ArrivalSchedule::Options o = options(cv == 1.0 ? ArrivalKind::Poisson : ArrivalKind::Gamma, 4);
    o.cv = cv;
    ArrivalSchedule schedule(o);
    double sum = 0;
    double squares = 0;
    Instant before;
    constexpr int kCount = 200'000;
    for (int i = 0; i < kCount; ++i) {
      const Instant now = schedule.next();
      const double gap = (now - before).count_s();
      CHECK_FALSE(gap < 0);
      sum += gap;
      squares += gap * gap;
      before = now;
    }
    const double mean = sum / kCount;
    CHECK(mean == Approx(0.25).margin(3.3 * 0.25 * cv / std::sqrt(kCount)));
    CHECK(std::sqrt(squares / kCount - mean * mean) / mean == Approx(cv).epsilon(0.03));
  }
}

TEST_CASE("the wait before a retry doubles up to its cap, less the jitter") {
  load::Backoff backoff;
  CHECK(backoff.wait(0, 0, std::nullopt) == 500_ms);
  CHECK(backoff.wait(1, 0, std::nullopt) == 1_s);
  CHECK(backoff.wait(4, 0, std::nullopt) == 8_s);
  CHECK(backoff.wait(1000, 0, std::nullopt) == 8_s);
  CHECK(backoff.wait(0, 1, std::nullopt) == 375_ms);
  CHECK(backoff.wait(0, 0, 7_s) == 7_s);
  CHECK(backoff.wait(0, 0, Duration::zero()) == Duration::zero());
  CHECK(backoff.wait(0, 0, 61_s) == 500_ms);
  backoff.honour_retry_after = false;
  CHECK(backoff.wait(0, 0, 7_s) == 500_ms);
}

TEST_CASE("a breaker opens on failures close together, probes, and closes again") {
  CircuitBreaker breaker({.failures = 3, .window = 10_s, .open_for = 30_s, .probes = 2});
  for (const double s : {0.0, 6.0, 20.0}) {
    CHECK(breaker.allow(at(s)));
    breaker.failed(at(s));
  }
  CHECK(breaker.state(at(20)) == CircuitBreaker::State::Closed);  // never three in ten seconds
  breaker.failed(at(21));
  breaker.failed(at(22));
  CHECK_FALSE(breaker.allow(at(23)));
  CHECK(breaker.state(at(52)) == CircuitBreaker::State::HalfOpen);
  CHECK(breaker.allow(at(52)));
  CHECK(breaker.allow(at(52)));
  CHECK_FALSE(breaker.allow(at(52)));  // two probes, no more
  breaker.succeeded(at(53));
  CHECK(breaker.state(at(53)) == CircuitBreaker::State::HalfOpen);
  breaker.succeeded(at(53));
  CHECK(breaker.state(at(53)) == CircuitBreaker::State::Closed);
  CHECK(breaker.times_opened() == 1);
}

TEST_CASE("a failed probe opens the breaker again, a cancelled one gives its place back") {
  CircuitBreaker breaker({.failures = 1, .window = 10_s, .open_for = 10_s, .probes = 1});
  CHECK(breaker.allow(at(0)));
  breaker.failed(at(0));
  CHECK(breaker.allow(at(10)));
  breaker.forget();
  CHECK(breaker.allow(at(10)));
  breaker.failed(at(11));
  CHECK_FALSE(breaker.allow(at(20)));
  CHECK(breaker.allow(at(21)));
  CHECK(breaker.times_opened() == 2);
}
