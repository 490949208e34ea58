#include <catch2/catch.hpp>

#include <vector>

#include "harness/base/rng.hpp"
#include "mocks/latency/bucket.hpp"
#include "mocks/latency/refusal.hpp"

using namespace rehearse;
using namespace rehearse::latency;
using namespace rehearse::literals;

TEST_CASE("a bucket without a limit lets everything in") {
  Bucket bucket;
  CHECK(!bucket.limited());
  CHECK(bucket.wait(1'000'000, Instant()) == Duration::zero());
}

TEST_CASE("the wait is (used + requested - limit) / limit of a minute, as real refusals say") {
  struct Sample {
    std::int64_t limit, used, requested;
    const char* wait;
  };
  // The first is the notes' sample; the others follow its arithmetic, to the millisecond.
  for (const Sample& sample :
       {Sample{30'000, 14'567, 24'754, "18.642s"}, Sample{10'000, 9'800, 296, "576ms"},
        Sample{200'000, 199'000, 101'000, "30s"}, Sample{3, 3, 1, "20s"}}) {
    Bucket bucket(sample.limit, 60_s, 0);
    bucket.take(sample.used);
    const Duration wait = bucket.wait(sample.requested, Instant());
    CHECK(wait_text(wait) == sample.wait);
    CHECK(bucket.used(Instant()) == sample.used);
    CHECK(bucket.remaining(Instant()) == sample.limit - sample.used);
    // Exactly then it fits, and not a nanosecond before.
    CHECK(bucket.wait(sample.requested, Instant() + (wait - 1_ns)) > Duration::zero());
    CHECK(bucket.wait(sample.requested, Instant() + wait) == Duration::zero());
  }
}

TEST_CASE("waits are written as the provider writes them") {
  CHECK(wait_text(Duration::nanoseconds(1)) == "1ms");
  CHECK(wait_text(Duration::milliseconds(12)) == "12ms");
  CHECK(wait_text(Duration::seconds(1)) == "1s");
  CHECK(wait_text(Duration::milliseconds(1'050)) == "1.05s");
  CHECK(wait_text(Duration::seconds(360)) == "6m0s");
  CHECK(wait_text(Duration::seconds(3'725)) == "1h2m5s");
}

TEST_CASE("what is larger than the limit never fits, and what others use up neither") {
  Bucket bucket(100, 60_s, 0);
  CHECK(bucket.wait(101, Instant()) == Duration::max());
  Bucket crowded(100, 60_s, 100);
  CHECK(crowded.wait(100, Instant()) == Duration::zero());
  crowded.take(100);
  CHECK(crowded.wait(1, Instant::from_seconds(1e6)) == Duration::max());
}

TEST_CASE("reset says when all is refilled") {
  Bucket bucket(5000, 60_s, 0);
  CHECK(bucket.reset(Instant()) == Duration::zero());
  bucket.take(1);
  CHECK(bucket.reset(Instant()) ==
        12_ms);  // the header of the notes' sample: limit 5000, left 4999
  CHECK(bucket.reset(Instant() + 13_ms) == Duration::zero());
}

TEST_CASE("others slow the refill down") {
  Bucket bucket(60, 60_s, 30);
  bucket.take(60);
  CHECK(bucket.wait(1, Instant()) == 2_s);
}

TEST_CASE("in any window a bucket lets in at most limit + rate x time, and saturated just that") {
  const std::int64_t limit = 120;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Bucket bucket(limit, 60_s, 0);
    const DrawKey key{seed, 0, 0, 0, 0};
    std::vector<std::pair<double, std::int64_t>> admitted;
    Instant now;
    std::int64_t total = 0;
    for (std::uint32_t i = 0; i < 4000; ++i) {
      now += Duration::from_seconds(key.uniform(Dimension::Arrival, i) * 0.4);
      const auto amount = 1 + static_cast<std::int64_t>(key.bits(Dimension::InputTokens, i) % 7);
      if (bucket.wait(amount, now) == Duration::zero()) {
        bucket.take(amount);
        admitted.emplace_back(now.count_s(), amount);
        total += amount;
      }
    }
    // Every window that starts and ends at an admission.
    for (std::size_t from = 0; from < admitted.size(); from += 17) {
      std::int64_t sum = 0;
      for (std::size_t to = from; to < admitted.size(); ++to) {
        sum += admitted[to].second;
        const double window = admitted[to].first - admitted[from].first;
        REQUIRE(static_cast<double>(sum) <= static_cast<double>(limit) + 2 * window + 1e-6);
      }
    }
    // Offered about 20 a second against 2: the long-run rate is the limit's, within one request.
    const double allowed = static_cast<double>(limit) + 2 * now.count_s();
    CHECK(static_cast<double>(total) <= allowed);
    CHECK(static_cast<double>(total) >= allowed - 8);
  }
}
