#include "harness/stats/histogram.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "harness/base/math.hpp"
#include "harness/base/rng.hpp"
#include "harness/stats/moments.hpp"

namespace rehearse::stats {
namespace {

// Values spread over all magnitudes that a double of luck can reach.
std::int64_t any_value(std::uint64_t seed, std::uint64_t i) {
  const DrawKey key{.seed = seed, .job = i};
  const std::uint64_t bits = key.bits(Dimension::Content);
  return static_cast<std::int64_t>(bits >> (1 + key.bits(Dimension::Content, 1) % 63));
}

Histogram histogram_of(std::uint64_t seed, std::uint64_t n) {
  Histogram out;
  for (std::uint64_t i = 0; i < n; ++i) {
    out.record(any_value(seed, i));
  }
  return out;
}

double exact_quantile(const std::vector<std::int64_t>& sorted, double q) {
  const double position = static_cast<double>(sorted.size() - 1) * q;
  const auto rank = static_cast<std::size_t>(position);
  const auto low = static_cast<double>(sorted[rank]);
  const auto high = static_cast<double>(sorted[std::min(rank + 1, sorted.size() - 1)]);
  return low + (position - std::floor(position)) * (high - low);
}

TEST_CASE("an empty histogram holds nothing and says so") {
  const Histogram h;
  CHECK(h.empty());
  CHECK(h.min() == 0);
  CHECK(h.max() == 0);
  CHECK(h.mean() == 0);
  CHECK(!h.quantile(0.5));
  CHECK(h.count_above(0) == 0);
  CHECK(h.memory() == 0);
  CHECK(Histogram::decode(h.encode()).value() == h);
}

TEST_CASE("one value is every quantile of its histogram, exactly") {
  for (const std::int64_t v : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1023},
                               std::int64_t{1024}, std::int64_t{76'500'000'123}, INT64_MAX}) {
    Histogram h;
    h.record(v);
    CHECK(*h.quantile(0) == static_cast<double>(v));
    CHECK(*h.quantile(0.5) == static_cast<double>(v));
    CHECK(*h.quantile(1) == static_cast<double>(v));
    CHECK(h.count_above(v) == 0);
    CHECK((v == 0 || h.count_above(v - 1) == 1));
    CHECK(h.memory() <= 1500);
  }
}

TEST_CASE("every bucket contains its values and no wider than the bound allows") {
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::int64_t v = any_value(7, i);
    Histogram h;
    h.record(v);
    h.for_each_bucket([&](const Histogram::Bucket& b) {
      REQUIRE(b.low <= v);
      REQUIRE(b.high >= v);
      const double middle = static_cast<double>(b.low) + static_cast<double>(b.high - b.low) / 2;
      REQUIRE(std::fabs(middle - static_cast<double>(v)) <=
              Histogram::kRelativeError * static_cast<double>(v));
    });
  }
}

TEST_CASE("the edges of octaves fall into adjoining buckets") {
  Histogram h;
  for (int octave = 0; octave < 63; ++octave) {
    const std::int64_t edge = std::int64_t{1} << octave;
    h.record(edge);
    h.record(edge - 1);
  }
  h.record(INT64_MAX);
  std::int64_t past = -1;
  std::uint64_t seen = 0;
  h.for_each_bucket([&](const Histogram::Bucket& b) {
    REQUIRE(b.low > past);
    past = b.high;
    seen += b.count;
  });
  CHECK(past == INT64_MAX);
  CHECK(seen == h.count());
}

TEST_CASE("quantiles are within the stated bound of the exact ones") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u}) {
    for (const std::uint64_t n : {2u, 3u, 10u, 1000u, 20'000u}) {
      std::vector<std::int64_t> values;
      Histogram h;
      for (std::uint64_t i = 0; i < n; ++i) {
        values.push_back(any_value(seed, i));
        h.record(values.back());
      }
      std::sort(values.begin(), values.end());
      for (const double q : {0.0, 0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
        const double exact = exact_quantile(values, q);
        INFO("seed " << seed << " n " << n << " q " << q);
        CHECK(std::fabs(*h.quantile(q) - exact) <= exact * (Histogram::kRelativeError + 1e-15));
      }
      CHECK(h.min() == values.front());
      CHECK(h.max() == values.back());
      Wide sum = 0;
      for (const std::int64_t v : values) {
        sum += v;
      }
      CHECK(h.sum() == sum);
    }
  }
}

TEST_CASE("count_above differs from the truth only by values beside x") {
  const Histogram h = histogram_of(9, 5'000);
  for (std::uint64_t probe = 0; probe < 300; ++probe) {
    const std::int64_t x = any_value(10, probe);
    std::uint64_t surely = 0;
    std::uint64_t possibly = 0;
    for (std::uint64_t i = 0; i < 5'000; ++i) {
      const auto v = static_cast<double>(any_value(9, i));
      const auto edge = static_cast<double>(x);
      surely += v > edge * 1.002 ? 1 : 0;
      possibly += v > edge * 0.998 ? 1 : 0;
    }
    CHECK(h.count_above(x) >= surely);
    CHECK(h.count_above(x) <= possibly);
  }
}

TEST_CASE("merging is lossless, commutative and associative, whatever was in them") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    const Histogram a = histogram_of(seed, seed * 17 % 200);
    const Histogram b = histogram_of(seed + 100, seed * 31 % 300);
    const Histogram c = histogram_of(seed + 200, seed * 7 % 5);
    Histogram ab = a;
    ab.merge(b);
    Histogram ba = b;
    ba.merge(a);
    CHECK(ab == ba);
    Histogram ab_c = ab;
    ab_c.merge(c);
    Histogram bc = b;
    bc.merge(c);
    Histogram a_bc = a;
    a_bc.merge(bc);
    CHECK(ab_c == a_bc);
    CHECK(ab_c.encode() == a_bc.encode());
    CHECK(ab_c.count() == a.count() + b.count() + c.count());
    CHECK(ab_c.sum() == a.sum() + b.sum() + c.sum());
    Histogram twice = a;
    twice.merge(twice);
    CHECK(twice.count() == 2 * a.count());
  }
}

TEST_CASE("what was encoded decodes to the same histogram") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Histogram h = histogram_of(seed, seed * 37 % 1000);
    const auto back = Histogram::decode(h.encode());
    REQUIRE(back.ok());
    CHECK(*back == h);
    CHECK(back->encode() == h.encode());
  }
}

TEST_CASE("truncated, mutated and random bytes never decode to a histogram that lies") {
  const std::string good = histogram_of(3, 100).encode();
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    REQUIRE(!Histogram::decode(good.substr(0, cut)).ok());
  }
  CHECK(!Histogram::decode(good + '\0').ok());
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const DrawKey key{.seed = 4, .job = i};
    std::string bytes = i % 2 == 0 ? good : std::string(1, '\1');
    if (i % 2 == 0) {
      bytes[key.bits(Dimension::Content) % bytes.size()] ^=
          static_cast<char>(1u << (key.bits(Dimension::Content, 1) % 8));
    } else {
      for (std::uint32_t j = 0; j < key.bits(Dimension::Content) % 24; ++j) {
        bytes += static_cast<char>(key.bits(Dimension::Content, j + 2));
      }
    }
    const auto found = Histogram::decode(bytes);
    if (found.ok()) {
      INFO("mutation " << i);
      std::uint64_t total = 0;
      found->for_each_bucket([&](const Histogram::Bucket& b) { total += b.count; });
      REQUIRE(total == found->count());
      REQUIRE(found->encode() == bytes);
    }
  }
}

TEST_CASE("a narrow histogram stays small, and negative values count as zero") {
  Histogram h;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const DrawKey key{.seed = 1, .job = i};
    const double z = normal_quantile(key.uniform(Dimension::ServiceTime));
    h.record(static_cast<std::int64_t>(76.5e9 * exp(0.1 * z)));
  }
  CHECK(h.memory() <= 10'000);
  CHECK(h.encode().size() <= 3'000);
  Histogram negative;
  negative.record(-5);
  CHECK(negative.max() == 0);
  negative.record(7, 0);
  CHECK(negative.count() == 1);
  CHECK(negative.max() == 0);
}

TEST_CASE("a value may be recorded many times at once, and a cleared histogram holds nothing") {
  Histogram once;
  Histogram at_once;
  for (const std::int64_t value : {-3LL, 0LL, 5LL, 1'000'000LL}) {
    for (int i = 0; i < 7; ++i) {
      once.record(value);
    }
    at_once.record(value, 7);
    at_once.record(value + 1, 0);
  }
  CHECK(once == at_once);
  once.clear();
  CHECK(once == Histogram());
  CHECK(once.encode() == Histogram().encode());
  once.record(9);
  CHECK((once.min() == 9 && once.max() == 9 && once.count() == 1));
}

TEST_CASE("values spread over their bucket follow what one more or less does to a quantile") {
  // 100,000 values evenly in [0, 1 s): at 0.7 s a bucket is 2^20 ns wide and holds about 105.
  constexpr std::int64_t kCount = 100'000;
  Histogram all;
  for (std::int64_t i = 0; i < kCount; ++i) {
    all.record(i * 10'000);
  }
  double moved = 0;
  double stuck = 0;
  for (std::int64_t more = 0; more < 100; ++more) {
    const auto rank = static_cast<std::uint64_t>(70'000 + more);
    const double exact = 7e8 + 1e4 * static_cast<double>(more);
    moved = std::max(moved, std::abs(all.spread_value_at_rank(rank) - exact));
    stuck = std::max(stuck, std::abs(static_cast<double>(all.value_at_rank(rank)) - exact));
  }
  CHECK(moved < 1.5e4);  // a place in the order, and a half
  CHECK(stuck > 3e5);    // a bucket's middle stands for all of it
}

TEST_CASE("spread values are as near to the exact ones as buckets are, the extremes exact") {
  for (const std::uint64_t n : {1u, 2u, 7u, 1000u}) {
    std::vector<std::int64_t> values;
    for (std::uint64_t i = 0; i < n; ++i) {
      values.push_back(any_value(31, i));
    }
    std::sort(values.begin(), values.end());
    const Histogram h = histogram_of(31, n);
    double before = 0;
    for (std::uint64_t rank = 0; rank < n; ++rank) {
      const auto exact = static_cast<double>(values[rank]);
      const double found = h.spread_value_at_rank(rank);
      CHECK(std::abs(found - exact) <= 2 * Histogram::kRelativeError * exact + 1);
      CHECK(found >= before);
      before = found;
    }
    CHECK(h.spread_value_at_rank(0) == static_cast<double>(values.front()));
    CHECK(h.spread_value_at_rank(n - 1) == static_cast<double>(values.back()));
  }
}

TEST_CASE("moments of parts merge to the moments of the whole") {
  std::vector<double> values;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    values.push_back(DrawKey{.seed = 2, .job = i}.uniform(Dimension::Content) * 10);
  }
  const Moments whole = moments_of(values);
  Moments parts;
  parts.merge(moments_of(std::span(values).first(300)));
  parts.merge(moments_of(std::span(values).subspan(300)));
  parts.merge(Moments());
  CHECK(parts.count() == 1000);
  CHECK(parts.mean() == Approx(whole.mean()).epsilon(1e-13));
  CHECK(parts.variance() == Approx(whole.variance()).epsilon(1e-12));
  CHECK(moments_of({}).variance() == 0);
}

}  // namespace
}  // namespace rehearse::stats
