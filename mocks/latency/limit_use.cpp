#include "mocks/latency/limit_use.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::latency {
namespace {

constexpr double kMostUnits = 1e15;

void grow(std::int64_t& amount, double factor) {
  if (amount > 0) {
    const double grown = std::ceil(static_cast<double>(amount) * factor - 1e-9);
    amount = static_cast<std::int64_t>(std::clamp(grown, 1.0, kMostUnits));
  }
}

std::int64_t& field(LimitSpec& spec, Limits::What what) {
  switch (what) {
    case Limits::What::Requests:
      return spec.rpm;
    case Limits::What::Day:
      return spec.rpd;
    case Limits::What::Tokens:
      return spec.tpm;
    case Limits::What::TokensDay:
      return spec.tpd;
    case Limits::What::Input:
      return spec.itpm;
    case Limits::What::Output:
      return spec.otpm;
    case Limits::What::Images:
      return spec.ipm;
    case Limits::What::InFlight:
      break;
  }
  return spec.in_flight;
}

}  // namespace

void scale_limit(Profile& profile, const LimitPlace& place, double factor) {
  if (place.what) {
    grow(field(place.entry ? profile.entries[*place.entry].limits : profile.limits, *place.what),
         factor);
    return;
  }
  CapacitySpec& capacity = place.entry ? *profile.entries[*place.entry].capacity : profile.capacity;
  grow(capacity.slots, factor);
  grow(capacity.queue, factor);
  // The knee of a batch moves out as far: as many cards.
  for (auto& [calls, rate] : capacity.speed_up) {
    calls *= factor;
    rate *= factor;
  }
  if (!capacity.speed_up.empty() && capacity.speed_up.front().first > 1) {
    capacity.speed_up.insert(capacity.speed_up.begin(), {1, 1.0});
  }
}

}  // namespace rehearse::latency
