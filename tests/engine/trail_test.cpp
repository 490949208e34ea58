#include <catch2/catch.hpp>

#include "harness/base/rng.hpp"
#include "harness/engine/trail.hpp"

using namespace rehearse;
using namespace rehearse::literals;
using engine::Trail;
using record::AttemptSpan;
using record::StageSpan;

namespace {

struct Expanded {
  std::vector<StageSpan> spans;
  std::vector<AttemptSpan> attempts;
  record::JobRecord job;
};

Expanded expand(const Trail& trail) {
  Expanded out;
  trail.expand(out.spans, out.attempts, out.job);
  return out;
}

// Zero every other time: what is left out of a note is as likely as what is in it.
std::int64_t some(std::uint64_t job, std::uint32_t item) {
  const DrawKey key{.seed = 11, .job = job, .item = item};
  const std::uint64_t bits = key.bits(Dimension::Content);
  return (bits & 1) == 0 ? 0 : static_cast<std::int64_t>(bits >> 8 & 0xFFFF'FFFF'FFFF);
}

provider::Outcome some_outcome(std::uint64_t job) {
  provider::Outcome out;
  out.failure = static_cast<provider::Failure>(some(job, 0) % 16);
  out.status = static_cast<std::uint16_t>(some(job, 1));
  out.chunks = static_cast<std::uint32_t>(some(job, 2));
  out.started = Instant::from_ns(some(job, 3));
  out.done = out.started + Duration::nanoseconds(some(job, 4));
  out.first_chunk = out.started + Duration::nanoseconds(some(job, 4) / (1 + some(job, 5) % 3));
  out.cost = Money::nano_usd(some(job, 6));
  out.usage = {some(job, 7),  some(job, 8),  some(job, 9),  some(job, 10),
               some(job, 11), some(job, 12), some(job, 13), some(job, 14)};
  return out;
}

}  // namespace

TEST_CASE("an empty trail expands to nothing, whatever stood there before") {
  Trail trail;
  trail.spans.emplace_back();
  trail.note_local(0, 1_s, 2_s);
  trail.clear();
  Expanded out;
  out.spans.resize(3);
  out.attempts.resize(2);
  trail.expand(out.spans, out.attempts, out.job);
  CHECK(out.spans.empty());
  CHECK(out.attempts.empty());
}

TEST_CASE("every attempt comes back as it was noted, and a span has what its attempts used") {
  for (std::uint64_t job = 0; job < 2000; ++job) {
    INFO("seed 11, job " << job);
    Trail trail;
    trail.spans.resize(2);
    trail.spans[1].started = Instant::from_ns(some(job, 3));
    const provider::Outcome outcomes[] = {some_outcome(job), some_outcome(job + 5000)};
    trail.note_attempt(1, 0, false, outcomes[0]);
    trail.note_attempt(1, 7, true, outcomes[1]);
    const Expanded out = expand(trail);
    REQUIRE(out.attempts.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      const AttemptSpan& attempt = out.attempts[i];
      CHECK(attempt.span == 1);
      CHECK(attempt.number == (i == 0 ? 0 : 7));
      CHECK(attempt.hedge == (i == 1));
      CHECK(attempt.failure == static_cast<std::uint8_t>(outcomes[i].failure));
      CHECK(attempt.status == outcomes[i].status);
      CHECK(attempt.chunks == outcomes[i].chunks);
      CHECK(attempt.started == outcomes[i].started);
      CHECK(attempt.first_chunk == outcomes[i].first_chunk);
      CHECK(attempt.done == outcomes[i].done);
      CHECK(attempt.usage == outcomes[i].usage);
      CHECK(attempt.cost == outcomes[i].cost);
    }
    Usage both = outcomes[0].usage;
    both += outcomes[1].usage;
    CHECK(out.spans[1].usage == both);
    CHECK(out.spans[1].cost == outcomes[0].cost + outcomes[1].cost);
    CHECK(out.spans[0].usage == Usage());
    CHECK((out.job.usage == both && out.job.cost == out.spans[1].cost));
  }
}

TEST_CASE("local work comes back with its CPU and its waiting apart") {
  Trail trail;
  trail.spans.resize(4);
  trail.note_local(0, 0_s, 0_s);
  trail.note_local(1, 3_ms, 0_s);
  trail.note_local(2, 0_s, 4_ms);
  trail.note_local(3, 5_ms, 6_ms);
  const Expanded out = expand(trail);
  CHECK(out.attempts.empty());
  CHECK(out.spans[0].cpu + out.spans[0].io_wait == 0_s);
  CHECK((out.spans[1].cpu == 3_ms && out.spans[1].io_wait == 0_s));
  CHECK((out.spans[2].cpu == 0_s && out.spans[2].io_wait == 4_ms));
  CHECK((out.spans[3].cpu == 5_ms && out.spans[3].io_wait == 6_ms));
  CHECK((out.job.cpu == 8_ms && out.job.io_wait == 10_ms));
}
