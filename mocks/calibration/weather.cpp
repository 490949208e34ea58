#include "mocks/calibration/weather.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "harness/stats/two_sample.hpp"

namespace rehearse::calibration {
namespace {

constexpr std::size_t kFewestCalls = 200;
constexpr std::size_t kFewestSlots = 20;
constexpr std::array<double, 9> kSlots = {1, 2, 5, 10, 20, 30, 60, 120, 300};

struct Slot {
  double count = 0;
  double sum = 0;
};

// Between-slot variance and what a slot's mean is worth.
struct Split {
  double slot_s = 0;
  double between = 0;
  double within = 0;
  double grand = 0;
  std::map<std::int64_t, Slot> slots;
};

Split split(const std::vector<TimedCall>& calls, std::span<const double> residuals, double slot_s) {
  Split out;
  out.slot_s = slot_s;
  double total = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    Slot& slot = out.slots[static_cast<std::int64_t>(calls[i].at_s / slot_s)];
    slot.count += 1;
    slot.sum += residuals[i];
    total += residuals[i];
  }
  const auto n = static_cast<double>(calls.size());
  const auto k = static_cast<double>(out.slots.size());
  out.grand = total / n;
  double between = 0;
  double squares = 0;
  for (const auto& [number, slot] : out.slots) {
    const double mean = slot.sum / slot.count;
    between += slot.count * (mean - out.grand) * (mean - out.grand);
    squares += slot.count * slot.count;
  }
  double within = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Slot& slot = out.slots[static_cast<std::int64_t>(calls[i].at_s / slot_s)];
    const double off = residuals[i] - slot.sum / slot.count;
    within += off * off;
  }
  if (k < kFewestSlots || n - k < static_cast<double>(kFewestCalls) / 4) {
    return out;
  }
  out.within = within / (n - k);
  const double n0 = (n - squares / n) / (k - 1);
  out.between = std::max((between / (k - 1) - out.within) / n0, 0.0);
  return out;
}

}  // namespace

double Weather::factor_at(double at_s) const {
  if (slot_s <= 0) {
    return 1;
  }
  const auto found = factors.find(static_cast<std::int64_t>(at_s / slot_s));
  return found == factors.end() ? 1 : found->second;
}

std::vector<double> Weather::values() const {
  std::vector<double> out;
  for (const auto& [slot, factor] : factors) {
    out.push_back(factor);
  }
  return out;
}

Weather find_weather(const std::vector<TimedCall>& calls, std::span<const double> residuals) {
  Weather out;
  const bool timed =
      std::all_of(calls.begin(), calls.end(), [](const TimedCall& call) { return call.at_s >= 0; });
  if (calls.size() < kFewestCalls || !timed) {
    return out;
  }
  std::vector<std::size_t> order(calls.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return calls[a].at_s < calls[b].at_s; });
  std::vector<double> in_order;
  for (const std::size_t i : order) {
    in_order.push_back(residuals[i]);
  }
  const double chance = 4 / std::sqrt(static_cast<double>(calls.size()));
  if (stats::neighbour_correlation(in_order) < std::max(chance, 0.05)) {
    return out;
  }
  std::vector<Split> splits;
  double most = 0;
  for (const double slot : kSlots) {
    splits.push_back(split(calls, residuals, slot));
    most = std::max(most, splits.back().between);
  }
  const auto best = std::find_if(splits.rbegin(), splits.rend(), [&](const Split& one) {
    return one.between > 0 && one.between >= 0.85 * most;
  });
  if (best == splits.rend()) {
    return out;
  }
  // Shrunk means vary too little and raw ones too much: the first, stretched to the right variance.
  std::vector<double> effects;
  double sum = 0;
  for (const auto& [number, slot] : best->slots) {
    const double trust = best->between / (best->between + best->within / slot.count);
    effects.push_back(trust * (slot.sum / slot.count - best->grand));
    sum += effects.back();
  }
  const double mean = sum / static_cast<double>(effects.size());
  double squares = 0;
  for (const double effect : effects) {
    squares += (effect - mean) * (effect - mean);
  }
  const double variance = squares / static_cast<double>(effects.size());
  const double stretch = variance > 0 ? std::sqrt(best->between / variance) : 0;
  out.slot_s = best->slot_s;
  std::size_t i = 0;
  for (const auto& [number, slot] : best->slots) {
    out.factors[number] = std::exp((effects[i++] - mean) * stretch);
  }
  return out;
}

}  // namespace rehearse::calibration
