#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/base/rng.hpp"
#include "harness/study/shapley.hpp"
#include "harness/study/speed_up.hpp"

using namespace rehearse;

namespace {

// By definition: the mean contribution over all orders.
std::vector<double> by_orders(std::size_t players, const std::vector<double>& value) {
  std::vector<std::size_t> order(players);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> out(players, 0);
  double orders = 0;
  do {
    std::size_t set = 0;
    for (const std::size_t player : order) {
      const std::size_t with = set | std::size_t{1} << player;
      out[player] += value[with] - value[set];
      set = with;
    }
    orders += 1;
  } while (std::next_permutation(order.begin(), order.end()));
  for (double& share : out) {
    share /= orders;
  }
  return out;
}

std::vector<double> random_game(std::size_t players, std::uint64_t seed) {
  std::vector<double> value(std::size_t{1} << players);
  for (std::size_t set = 0; set < value.size(); ++set) {
    value[set] = static_cast<double>(mix64(seed + set) >> 40);
  }
  return value;
}

}  // namespace

TEST_CASE("shapley shares are the mean contribution over all orders") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::size_t players = 1 + seed % 6;
    const std::vector<double> value = random_game(players, seed * 1000);
    const std::vector<double> expected = by_orders(players, value);
    const std::vector<double> shares = study::shapley(players, value);
    INFO("seed " << seed);
    for (std::size_t i = 0; i < players; ++i) {
      CHECK(shares[i] == Approx(expected[i]).margin(1e-3));
    }
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    CHECK(sum == Approx(value.back() - value.front()).margin(1e-3));
  }
}

TEST_CASE("a player that changes nothing gets nothing, equal players get the same") {
  // Players 0 and 1 save 4 together and nothing alone, player 2 does nothing.
  std::vector<double> value(8, 0);
  value[0b011] = value[0b111] = 4;
  const std::vector<double> shares = study::shapley(3, value);
  CHECK(shares[0] == Approx(2));
  CHECK(shares[1] == Approx(2));
  CHECK(shares[2] == Approx(0).margin(1e-12));
}

TEST_CASE("no player shares nothing, one takes all") {
  CHECK(study::shapley(0, {5}).empty());
  CHECK(study::shapley(1, {5, 8}) == std::vector<double>{3});
}

TEST_CASE("sampled shares sum exactly and come near the exact ones within their error") {
  const std::size_t players = 6;
  const std::vector<double> value = random_game(players, 77);
  const std::vector<double> exact = study::shapley(players, value);
  const auto orders = study::sampled_orders(players, 4000, 5);
  const auto sampled =
      study::sampled_shapley(players, orders, [&](std::uint64_t set) { return value[set]; });
  double sum = 0;
  for (std::size_t i = 0; i < players; ++i) {
    sum += sampled[i].value;
    CHECK(std::abs(sampled[i].value - exact[i]) < 4.5 * sampled[i].standard_error);
  }
  CHECK(sum == Approx(value.back() - value.front()));
}

TEST_CASE("orders are permutations, each beside its reverse, the same for the same seed") {
  const auto orders = study::sampled_orders(5, 10, 3);
  REQUIRE(orders.size() == 10);
  CHECK(orders == study::sampled_orders(5, 10, 3));
  CHECK_FALSE(orders == study::sampled_orders(5, 10, 4));
  for (std::size_t i = 0; i < orders.size(); i += 2) {
    std::vector<std::uint8_t> sorted = orders[i];
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted == std::vector<std::uint8_t>{0, 1, 2, 3, 4});
    CHECK(std::equal(orders[i].begin(), orders[i].end(), orders[i + 1].rbegin()));
  }
}

TEST_CASE("the knee of a curve is where hardly more is gained") {
  CHECK(study::knee_of({0, 0.25, 0.5, 0.75, 1}, {0, 1, 2, 2.05, 2.1}) == 0.5);
  CHECK(study::knee_of({0, 0.25, 0.5, 0.75, 1}, {0, 1, 2, 3, 4}) == 1);
  CHECK(study::knee_of({0, 1}, {0, 1}) == 1);
}
