#include "harness/stats/two_sample.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "harness/stats/quantile.hpp"

namespace rehearse::stats {
namespace {

constexpr std::size_t kFewestInOrder = 200;

}  // namespace

double two_sample_distance(std::span<const double> a, std::span<const double> b) {
  double distance = 0;
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < a.size() && k < b.size()) {
    const double x = std::min(a[i], b[k]);
    while (i < a.size() && a[i] == x) {
      ++i;
    }
    while (k < b.size() && b[k] == x) {
      ++k;
    }
    distance =
        std::max(distance, std::fabs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                     static_cast<double>(k) / static_cast<double>(b.size())));
  }
  return distance;
}

double critical_distance(double n, double m, double alpha) {
  return std::sqrt(-std::log(alpha / 2) / 2) * std::sqrt(1 / n + 1 / m);
}

double effective_size(std::span<const double> in_order) {
  const auto n = static_cast<double>(in_order.size());
  if (in_order.size() < kFewestInOrder) {
    return n;
  }
  const std::vector<double> ascending = sorted(in_order);
  const double median = *sorted_quantile(ascending, 0.5);
  const auto batch = static_cast<std::size_t>(std::sqrt(n));
  const std::size_t batches = in_order.size() / batch;
  double sum = 0;
  double squares = 0;
  double below = 0;
  for (std::size_t b = 0; b < batches; ++b) {
    double count = 0;
    for (std::size_t i = 0; i < batch; ++i) {
      count += in_order[b * batch + i] < median ? 1 : 0;
    }
    below += count;
    const double mean = count / static_cast<double>(batch);
    sum += mean;
    squares += mean * mean;
  }
  const auto count = static_cast<double>(batches);
  const double share = below / (count * static_cast<double>(batch));
  const double variance = (squares - sum * sum / count) / (count - 1);
  const double alone = share * (1 - share) / static_cast<double>(batch);
  // Below 1.5 it is as likely noise: batches are few.
  const double inflation = alone > 0 ? variance / alone : 1;
  return inflation < 1.5 ? n : std::max(n / inflation, 1.0);
}

std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return values[a] != values[b] ? values[a] < values[b] : a < b;
  });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) {
      ++end;
    }
    for (std::size_t k = i; k < end; ++k) {
      ranks[order[k]] = (static_cast<double>(i) + static_cast<double>(end - 1)) / 2;
    }
    i = end;
  }
  return ranks;
}

double rank_correlation(std::span<const double> a, std::span<const double> b) {
  if (a.size() < 3 || a.size() != b.size()) {
    return 0;
  }
  const std::vector<double> x = ranks_of(a);
  const std::vector<double> y = ranks_of(b);
  const double mean = static_cast<double>(a.size() - 1) / 2;
  double together = 0;
  double alone_x = 0;
  double alone_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    together += (x[i] - mean) * (y[i] - mean);
    alone_x += (x[i] - mean) * (x[i] - mean);
    alone_y += (y[i] - mean) * (y[i] - mean);
  }
  return alone_x > 0 && alone_y > 0 ? together / std::sqrt(alone_x * alone_y) : 0;
}

double neighbour_correlation(std::span<const double> in_order) {
  if (in_order.size() < 3) {
    return 0;
  }
  const std::vector<double> ranks = ranks_of(in_order);
  const double mean = static_cast<double>(ranks.size() - 1) / 2;
  double together = 0;
  double alone = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    alone += (ranks[i] - mean) * (ranks[i] - mean);
    together += i == 0 ? 0 : (ranks[i] - mean) * (ranks[i - 1] - mean);
  }
  return alone > 0 ? together / alone : 0;
}

}  // namespace rehearse::stats
