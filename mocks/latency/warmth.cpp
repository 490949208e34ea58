#include "mocks/latency/warmth.hpp"

#include <algorithm>

namespace rehearse::latency {
namespace {

constexpr std::uint32_t kLoad = 3;  // index of Dimension::ConnectTime: it, too, is paid once

}  // namespace

Warmth::Warmth(const Profile& profile) : profile_(profile), models_(profile.entries.size()) {
  for (std::size_t i = 0; i < models_.size(); ++i) {
    const auto& load = profile.entries[i].load;
    models_[i].loaded = load && load->warm;
  }
  // Of those that are warm at the start only so many fit: the last ones stay.
  for (std::size_t i = 0; i < models_.size(); ++i) {
    if (models_[i].loaded) {
      make_room(i);
    }
  }
}

// Unloads the longest unused of the operation until this one has a place.
void Warmth::make_room(std::size_t entry) {
  const Entry& wanted = profile_.entries[entry];
  if (wanted.load->models <= 0) {
    return;
  }
  while (true) {
    std::int64_t others = 0;
    Model* oldest = nullptr;
    for (std::size_t i = 0; i < models_.size(); ++i) {
      Model& model = models_[i];
      if (i == entry || !model.loaded || profile_.entries[i].operation != wanted.operation) {
        continue;
      }
      ++others;
      const auto age = [](const Model& m) { return std::pair(m.in_use > 0, m.last_used); };
      oldest = oldest == nullptr || age(model) < age(*oldest) ? &model : oldest;
    }
    if (oldest == nullptr || others < wanted.load->models) {
      return;
    }
    oldest->loaded = false;
  }
}

Duration Warmth::enter(std::size_t entry, const DrawKey& key, Instant now) {
  const auto& load = profile_.entries[entry].load;
  if (!load) {
    return Duration::zero();
  }
  Model& model = models_[entry];
  const bool forgotten = load->keep > Duration::zero() && model.in_use == 0 &&
                         now - std::max(model.last_used, model.ready) > load->keep;
  if (!model.loaded || forgotten) {
    make_room(entry);
    const double u = load->time.is_constant() ? 0.5 : key.uniform(Dimension::ConnectTime, kLoad);
    model.loaded = true;
    model.ready = now + Duration::from_seconds(load->time.quantile(u));
  }
  ++model.in_use;
  return model.ready > now ? model.ready - now : Duration::zero();
}

void Warmth::leave(std::size_t entry, Instant now) {
  if (profile_.entries[entry].load && models_[entry].in_use > 0) {
    --models_[entry].in_use;
    models_[entry].last_used = now;
  }
}

}  // namespace rehearse::latency
