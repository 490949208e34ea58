#include "mocks/calibration/calibrate.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "harness/base/rng.hpp"
#include "mocks/calibration/draw.hpp"
#include "mocks/latency/load_profile.hpp"

namespace rehearse::calibration {

Halves split_halves(const CallTable& table, std::uint64_t seed) {
  std::vector<std::size_t> order(table.calls.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return table.calls[a].at_s < table.calls[b].at_s;
  });
  std::map<std::string, std::uint64_t> seen;
  Halves out;
  out.fitted = table;
  out.fitted.calls.clear();
  for (const std::size_t i : order) {
    const TimedCall& call = table.calls[i];
    const std::uint64_t place = seen[call.operation + '\n' + call.model]++;
    const bool coin = (mix64(seed ^ mix64(place / 2)) & 1) != 0;
    if (coin == (place % 2 == 0)) {
      out.fitted.calls.push_back(call);
    } else {
      out.held.push_back(call);
    }
  }
  return out;
}

Result<std::shared_ptr<const latency::Profile>> fitted_model(const CallTable& table,
                                                             const FitOptions& options) {
  if (table.calls.empty()) {
    return Error{"", "no call was answered: there is nothing to calibrate from"};
  }
  return latency::make_profile(fit_profile(table, options), options.name + ".json",
                               pricing::shipped_prices());
}

std::size_t rounds_for(std::size_t calls) {
  constexpr std::size_t kWanted = 20'000;
  return std::clamp<std::size_t>(kWanted / std::max<std::size_t>(calls, 1), 1, 40);
}

Result<Fidelity> measure(const CallTable& table, const FitOptions& options, std::uint64_t seed) {
  Halves halves = split_halves(table, seed);
  if (halves.fitted.calls.empty()) {
    halves.fitted = table;  // of one call there are no halves, and no judgement either
  }
  const auto model = fitted_model(halves.fitted, options);
  if (!model) {
    return model.errors();
  }
  return judge(halves.fitted.calls, halves.held,
               draw_calls(*model, halves.held, rounds_for(halves.held.size()), seed));
}

}  // namespace rehearse::calibration
