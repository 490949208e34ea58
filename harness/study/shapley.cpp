#include "harness/study/shapley.hpp"

#include <bit>
#include <cmath>
#include <numeric>

#include "harness/base/check.hpp"
#include "harness/base/rng.hpp"

namespace rehearse::study {

std::vector<double> shapley(std::size_t players, const std::vector<double>& value) {
  REHEARSE_CHECK(players <= 20 && value.size() == std::size_t{1} << players);
  // |S|! (k - |S| - 1)! / k!, by |S|.
  std::vector<double> weight(players, 1);
  const auto k = static_cast<double>(players);
  for (std::size_t size = 0; size < players; ++size) {
    double choose = 1;  // (k - 1) over |S|
    for (std::size_t i = 0; i < size; ++i) {
      choose = choose * (k - 1 - static_cast<double>(i)) / static_cast<double>(i + 1);
    }
    weight[size] = 1 / (k * choose);
  }
  std::vector<double> out(players, 0);
  for (std::size_t set = 0; set < value.size(); ++set) {
    const auto size = static_cast<std::size_t>(std::popcount(set));
    for (std::size_t player = 0; player < players; ++player) {
      const std::size_t bit = std::size_t{1} << player;
      if ((set & bit) == 0) {
        out[player] += weight[size] * (value[set | bit] - value[set]);
      }
    }
  }
  return out;
}

std::vector<std::vector<std::uint8_t>> sampled_orders(std::size_t players, std::size_t orders,
                                                      std::uint64_t seed) {
  std::vector<std::vector<std::uint8_t>> out;
  std::uint64_t state = seed;
  while (out.size() < orders) {
    std::vector<std::uint8_t> order(players);
    std::iota(order.begin(), order.end(), std::uint8_t{0});
    for (std::size_t i = players; i > 1; --i) {
      state = mix64(state + 0x9E3779B97F4A7C15ULL);
      std::swap(order[i - 1], order[state % i]);
    }
    out.emplace_back(order.rbegin(), order.rend());
    out.push_back(std::move(order));
  }
  return out;
}

std::vector<SampledShare> sampled_shapley(std::size_t players,
                                          const std::vector<std::vector<std::uint8_t>>& orders,
                                          const std::function<double(std::uint64_t)>& value) {
  std::vector<SampledShare> out(players);
  std::vector<double> squares(players, 0);
  const std::size_t pairs = orders.size() / 2;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    std::vector<double> gained(players, 0);
    for (const auto* order : {&orders[2 * pair], &orders[2 * pair + 1]}) {
      std::uint64_t set = 0;
      double before = value(0);
      for (const std::uint8_t player : *order) {
        set |= std::uint64_t{1} << player;
        const double after = value(set);
        gained[player] += (after - before) / 2;
        before = after;
      }
    }
    for (std::size_t player = 0; player < players; ++player) {
      out[player].value += gained[player];
      squares[player] += gained[player] * gained[player];
    }
  }
  const auto n = static_cast<double>(pairs);
  for (std::size_t player = 0; player < players; ++player) {
    out[player].value /= n;
    const double variance = squares[player] / n - out[player].value * out[player].value;
    out[player].standard_error = std::sqrt(std::max(variance, 0.0) / std::max(n - 1, 1.0));
  }
  return out;
}

}  // namespace rehearse::study
