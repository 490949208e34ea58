#include "harness/base/draw_block.hpp"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "harness/base/math.hpp"
#include "harness/base/rng.hpp"

using namespace rehearse;

namespace {

using Block = std::array<double, kBlockDraws>;

// How many of these uniforms `of_block` turns into other bits than `of_one` does one at a time.
template <typename OfBlock, typename OfOne>
int differences(const std::vector<double>& uniforms, OfBlock of_block, OfOne of_one) {
  int out = 0;
  for (std::size_t first = 0; first + kBlockDraws <= uniforms.size(); first += kBlockDraws) {
    Block block;
    std::copy_n(uniforms.begin() + static_cast<std::ptrdiff_t>(first), kBlockDraws, block.begin());
    of_block(block);
    for (std::size_t i = 0; i < kBlockDraws; ++i) {
      const double one = of_one(uniforms[first + i]);
      out += std::bit_cast<std::uint64_t>(one) == std::bit_cast<std::uint64_t>(block[i]) ? 0 : 1;
    }
  }
  return out;
}

int lognormal_differences(const std::vector<double>& uniforms, double mu, double sigma) {
  return differences(
      uniforms, [=](Block& block) { lognormal_block(block, mu, sigma); },
      [=](double u) { return rehearse::exp(mu + sigma * normal_quantile(u)); });
}

int exponential_differences(const std::vector<double>& uniforms, double mean) {
  return differences(
      uniforms, [=](Block& block) { exponential_block(block, mean); },
      [=](double u) { return -mean * rehearse::ln(1 - u); });
}

// Both ends of (0, 1), the edges between the three approximations, and what lies around them.
std::vector<double> edge_uniforms() {
  std::vector<double> out;
  for (const double edge : {0.5, 0.075, 0.925, std::exp(-25.0), 1e-300, 0x1p-53, 1 - 0x1p-53}) {
    double below = edge;
    double above = edge;
    for (int i = 0; i < 40; ++i) {
      out.push_back(below);
      out.push_back(above < 1 ? above : 0.25);
      below = std::nextafter(below, 0.0);
      above = std::nextafter(above, 1.0);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a block of draws has the bits of each alone") {
  std::vector<double> uniforms;
  for (std::uint64_t job = 0; job < 200'000; ++job) {
    uniforms.push_back(DrawKey{.seed = 3, .job = job}.uniform(Dimension::ServiceTime));
  }
  CHECK(lognormal_differences(uniforms, 1.6, 0.1) == 0);
  CHECK(lognormal_differences(uniforms, -9, 2.5) == 0);
  CHECK(exponential_differences(uniforms, 0.7) == 0);
}

TEST_CASE("so it has in tails of every depth and at the ends of what a double holds") {
  std::vector<double> deep;
  for (double p = 0.08; p > 1e-17; p *= 0.997) {
    deep.push_back(p);
    deep.push_back(1 - p < 1 ? 1 - p : 0.5);
  }
  for (const auto& uniforms : {deep, edge_uniforms()}) {
    CHECK(lognormal_differences(uniforms, 0, 1) == 0);
    CHECK(lognormal_differences(uniforms, 700, 30) == 0);   // some are infinite
    CHECK(lognormal_differences(uniforms, -700, 30) == 0);  // some are subnormal, or zero
    CHECK(lognormal_differences(uniforms, 2.3, 0) == 0);
    CHECK(exponential_differences(uniforms, 1) == 0);
    CHECK(exponential_differences(uniforms, 1e300) == 0);
  }
}

TEST_CASE("uniforms of neighbouring jobs have the bits of each alone") {
  for (const double share : {0.0, 0.4, 1.0}) {
    const DrawKey key{.seed = 9, .job = 40, .stage = 77, .item = 3, .attempt = 2, .share = share};
    std::array<double, 20> all{};
    key.uniforms(Dimension::Bytes, all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      DrawKey each = key;
      each.job += i;
      CHECK(all[i] == each.uniform(Dimension::Bytes));
    }
  }
}
