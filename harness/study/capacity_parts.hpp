#pragma once

#include <string>
#include <vector>

#include "harness/record/capacity.hpp"
#include "harness/study/capacity.hpp"
#include "harness/study/knee.hpp"

// The parts of a capacity plan. Private to this layer.
namespace rehearse::study {

inline constexpr double kSecondsAMonth = 365.25 / 12 * 86'400;

// One system with its targets and what it is at rest.
struct Surveyed {
  LoadedSystem system;
  std::vector<Target> targets;
  Unloaded unloaded;
};
Result<Surveyed> survey(const Player& player, LoadedSystem system, const CapacityOptions& options,
                        const KneeOptions& how);

KneeOptions knee_options(const CapacityOptions& options, LoadAxis axis);

// Limits with what a probe made of them, the fullest first; those that jobs do not need left out.
std::vector<record::CapacityLimit> limits_at(const std::vector<Constraint>& constraints,
                                             double jobs_per_s);
std::string unit_of(const Constraint& constraint);

std::string grouped(double count);  // "12,345"
record::CapacityPoint point_of(const Probe& probe);
std::string in_words(const Target& target, double value);  // "p(95) < 15s: 61 s"

// The knee, what binds there (seen to help when there is more of it) and what comes next.
Result<record::CapacityKnee> report_knee(const Player& player, const Surveyed& surveyed,
                                         const KneeOptions& how);

// A knee that was found, once more over HTTP.
Result<record::CapacityCheck> check_over_http(const Player& sim, const Surveyed& surveyed,
                                              const KneeOptions& how, const HttpCheck& http,
                                              const record::CapacityKnee& knee);

Result<std::vector<record::HeadroomRow>> headroom(const Player& player, const Surveyed& surveyed,
                                                  const KneeOptions& how, double of);

Result<record::CapacityTarget> size_for(const Player& player, const Surveyed& surveyed,
                                        const KneeOptions& how, double load);

Result<record::CapacitySpan> play_span(const Player& player, const Surveyed& surveyed,
                                       const KneeOptions& how, double per_s, Duration length);

Result<std::vector<record::VariantMoney>> variant_money(const scenarios::ScenarioFile& file,
                                                        const Player& player,
                                                        const CapacityOptions& options,
                                                        const record::CapacityPlan& plan,
                                                        LoadAxis axis);

}  // namespace rehearse::study
