#include "harness/base/rng.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <iterator>
#include <set>
#include <string>

#include "harness/base/distribution.hpp"
#include "harness/base/math.hpp"
#include "harness/base/text.hpp"

namespace rehearse {
namespace {

TEST_CASE("Philox2x64-10 gives Random123's published answers") {
  // Random123 1.14, tests/kat_vectors, lines "philox2x64 10".
  using Words = std::array<std::uint64_t, 2>;
  CHECK(philox2x64({0, 0}, 0) == Words{0xca00a0459843d731, 0x66c24222c9a845b5});
  CHECK(philox2x64({~0ULL, ~0ULL}, ~0ULL) == Words{0x65b021d60cd8310f, 0x4d02f3222f86df20});
  CHECK(philox2x64({0x243f6a8885a308d3, 0x13198a2e03707344}, 0xa4093822299f31d0) ==
        Words{0x0a5e742c2997341c, 0xb0f883d38000de5d});
}

TEST_CASE("every part of a key changes the draw") {
  const DrawKey key{.seed = 1, .job = 2, .stage = 3, .item = 4, .attempt = 5};
  const std::uint64_t base = key.bits(Dimension::ServiceTime, 6);
  auto changed = key;
  changed.seed = 2;
  CHECK(changed.bits(Dimension::ServiceTime, 6) != base);
  changed = key;
  changed.job = 3;
  CHECK(changed.bits(Dimension::ServiceTime, 6) != base);
  changed = key;
  changed.stage = 4;
  CHECK(changed.bits(Dimension::ServiceTime, 6) != base);
  changed = key;
  changed.item = 5;
  CHECK(changed.bits(Dimension::ServiceTime, 6) != base);
  changed = key;
  changed.attempt = 6;
  CHECK(changed.bits(Dimension::ServiceTime, 6) != base);
  CHECK(key.bits(Dimension::FirstToken, 6) != base);
  CHECK(key.bits(Dimension::ServiceTime, 7) != base);
}

TEST_CASE("draws are distinct over dimensions, items, attempts, indices, jobs and stages") {
  std::set<std::uint64_t> seen;
  std::size_t drawn = 0;
  for (const std::uint64_t stage : {hash_name("image"), hash_name("title")}) {
    for (std::uint64_t job = 0; job < 5; ++job) {
      for (const std::uint32_t item : {0u, 1u, 255u, 256u, 0xFF'FFFFu}) {
        for (const std::uint32_t attempt : {0u, 1u, 255u}) {
          for (unsigned dimension = 1; dimension <= 30; ++dimension) {
            for (const std::uint32_t index : {0u, 1u, 0xFF'FFFFu}) {
              const DrawKey key{
                  .seed = 1, .job = job, .stage = stage, .item = item, .attempt = attempt};
              seen.insert(key.bits(static_cast<Dimension>(dimension), index));
              ++drawn;
            }
          }
        }
      }
    }
  }
  CHECK(seen.size() == drawn);
}

TEST_CASE("items share as much of their luck as they are told to") {
  double products = 0;
  constexpr std::uint64_t kJobs = 20'000;
  for (std::uint64_t job = 0; job < kJobs; ++job) {
    const auto z = [&](std::uint32_t item, double share) {
      const DrawKey key{.job = job, .item = item, .share = share};
      const double u = key.uniform(Dimension::ServiceTime);
      REQUIRE(u > 0);
      REQUIRE(u < 1);
      return normal_quantile(u);
    };
    products += z(0, 0.6) * z(1, 0.6);
    REQUIRE(z(0, 1) == z(7, 1));
  }
  CHECK(products / kJobs == Approx(0.6).margin(0.03));
}

TEST_CASE("swapping seed and stage does not give the same draw") {
  const DrawKey a{.seed = 5, .stage = 9};
  const DrawKey b{.seed = 9, .stage = 5};
  CHECK(a.bits(Dimension::When) != b.bits(Dimension::When));
}

TEST_CASE("uniforms stay inside (0, 1) and are spread evenly") {
  CHECK(unit_interval(0) > 0);
  CHECK(unit_interval(~0ULL) < 1);
  int cells[20] = {};
  double sum = 0;
  for (std::uint64_t job = 0; job < 20'000; ++job) {
    const double u = DrawKey{.job = job}.uniform(Dimension::ServiceTime);
    REQUIRE(u > 0);
    REQUIRE(u < 1);
    ++cells[static_cast<int>(u * 20)];
    sum += u;
  }
  double chi_squared = 0;
  for (const int count : cells) {
    chi_squared += (count - 1000.0) * (count - 1000.0) / 1000;
  }
  CHECK(chi_squared < 43.8);  // 0.1% of chi squared with 19 degrees of freedom
  CHECK(sum / 20'000 == Approx(0.5).margin(0.01));
}

// Folds the exact bits of a value into a hash.
void fold(std::uint64_t& hash, double value) {
  hash = mix64(hash ^ std::bit_cast<std::uint64_t>(value));
}

TEST_CASE("a fixed set of draws has the same bits on every machine") {
  std::uint64_t hash = 0;
  const Distribution kinds[] = {
      Distribution::typical(5, 0.1),
      Distribution::between(200, 420),
      Distribution::uniform(1, 3),
      Distribution::exponential(2),
      Distribution::gamma(0.8, 0.7),
      *Distribution::quantiles({{0.05, 1}, {0.5, 2}, {0.95, 9}}),
      *Distribution::mixture(
          {{0.95, Distribution::typical(1, 0.3)}, {0.05, Distribution::constant(9)}}),
  };
  for (std::uint64_t job = 0; job < 500; ++job) {
    const DrawKey key{.seed = 42, .job = job, .stage = hash_name("image"), .item = 1, .attempt = 2};
    for (std::uint32_t i = 0; i < std::size(kinds); ++i) {
      const double u = key.uniform(Dimension::ServiceTime, i);
      fold(hash, kinds[i].quantile(u));
      fold(hash, normal_quantile(u));
      fold(hash, ln(u));
      fold(hash, exp(u));
    }
  }
  INFO(std::hex << "0x" << hash);
  CHECK(hash == 0x47f356c237f925a4);
}

}  // namespace
}  // namespace rehearse
