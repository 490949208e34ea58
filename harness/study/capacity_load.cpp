#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/study/capacity_parts.hpp"

// Loads that are asked about: headroom.
namespace rehearse::study {
namespace {

constexpr double kFactors[] = {1.25, 1.5, 2, 10};

std::string fullest(const Probe& probe, double& share) {
  share = 0;
  std::string out;
  for (const Constraint& constraint : probe.constraints) {
    const double full = constraint.utilisation(probe.throughput_per_s);
    if (constraint.demand > 0 && full > share) {
      share = full;
      out = constraint.name;
    }
  }
  share = std::min(share, 1.0);
  return out;
}

}  // namespace

std::string in_words(const Target& target, double value) {
  const auto unit = record::unit_of(target.what);
  const bool share = target.what.stat == record::Stat::Share || unit == record::ValueUnit::Ratio;
  if (std::isinf(value)) {
    return target.text + ": endless";
  }
  if (share) {
    return target.text + ": " + number_text(std::round(value * 1000) / 10) + "%";
  }
  if (unit == record::ValueUnit::Seconds) {
    return target.text + ": " + readable_duration(Duration::from_seconds(value));
  }
  return target.text + ": " + number_text(value) + " " + std::string(record::unit_suffix(unit));
}

Result<std::vector<record::HeadroomRow>> headroom(const Player& player, const Surveyed& surveyed,
                                                  const KneeOptions& how, double of) {
  std::vector<record::HeadroomRow> out;
  for (const double factor : kFactors) {
    double load = of * factor;
    load = how.axis == LoadAxis::Users ? std::min(std::round(load), 1e6) : load;
    const Result<Probe> found =
        look_at(player, surveyed.system, surveyed.unloaded, surveyed.targets, how, load);
    if (!found) {
      return found.errors();
    }
    record::HeadroomRow row;
    row.factor = factor;
    row.load = load;
    row.growing = found->growing;
    row.binds = fullest(*found, row.binds_share);
    for (std::size_t t = 0; t < surveyed.targets.size(); ++t) {
      const Target& target = surveyed.targets[t];
      const bool judged = target.role == Target::Role::Bound && !target.backlog && found->values[t];
      if (judged && !record::holds(*found->values[t], target.what.op, target.what.value)) {
        row.broken.push_back(in_words(target, *found->values[t]));
      }
    }
    row.inside = row.broken.empty() && !row.growing;
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace rehearse::study
