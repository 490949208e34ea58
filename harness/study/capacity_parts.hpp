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

// What is played is bounded by the engine's events (some millions a second), not by jobs, of which
// some take a handful and some hundreds.
inline constexpr double kProbeEvents = 6e5;  // of a probe that decides
inline constexpr double kLookEvents = 2e5;   // of one that only says on which side a load is
std::uint64_t jobs_of_events(const Unloaded& unloaded, double events);
// Fewer and longer replications where jobs that warm up would outnumber those that count.
inline constexpr double kInsideOnce = 3;  // times the jobs inside, that a replication is long
struct Runs {
  std::uint64_t least = 2;
  std::uint64_t most = 8;
};
std::uint64_t fitting_runs(const Unloaded& unloaded, LoadAxis axis, double load, std::uint64_t jobs,
                           Runs runs = {});
// On which side of the objectives a load is; `rest` is the system at rest.
Result<Probe> look_at(const Player& player, const LoadedSystem& system, const Unloaded& rest,
                      const std::vector<Target>& targets, const KneeOptions& how, double load);
std::uint64_t look_jobs(const Unloaded& unloaded, const KneeOptions& how);

KneeOptions knee_options(const CapacityOptions& options, LoadAxis axis);

// Limits with what a probe made of them, the fullest first; those that jobs do not need left out.
std::vector<record::CapacityLimit> limits_at(const std::vector<Constraint>& constraints,
                                             double jobs_per_s);
std::string unit_of(const Constraint& constraint);

std::string end_name(Knee::End end);
std::string grouped(double count);  // "12,345"
record::CapacityPoint point_of(const Probe& probe);
std::string in_words(const Target& target, double value);  // "p(95) < 15s: 61 s"

// The knee, what binds there (seen to help when there is more of it) and what comes next, up to
// the load that is wanted, where one is.
Result<record::CapacityKnee> report_knee(const Player& player, const Surveyed& surveyed,
                                         const KneeOptions& how, std::optional<double> target);

// What binds at a knee, and the knees of systems that have plenty of what bound the one before.
Status climb(const Player& player, const Surveyed& surveyed, const KneeOptions& how,
             const Knee& knee, std::optional<double> target, record::CapacityKnee& out);

// A knee that was found, once more over HTTP.
Result<record::CapacityCheck> check_over_http(const Player& sim, const Surveyed& surveyed,
                                              const KneeOptions& how, const HttpCheck& http,
                                              const record::CapacityKnee& knee);

Result<std::vector<record::HeadroomRow>> headroom(const Player& player, const Surveyed& surveyed,
                                                  const KneeOptions& how, double of);

struct SpanAsked {
  double per_s = 1;
  Duration length;
  double stages = kSpanStages;
};
Result<record::CapacityTarget> size_for(const Player& player, const Surveyed& surveyed,
                                        const KneeOptions& how, double load);

// A rate over a length of time: every job of it where no more than `stages` stages are executed and
// its jobs fit into memory at once, else windows of it, or of as small a part of it as does.
Result<record::CapacitySpan> play_span(const Player& player, const Surveyed& surveyed,
                                       const KneeOptions& how, const SpanAsked& asked);

Result<std::vector<record::VariantMoney>> variant_money(const scenarios::ScenarioFile& file,
                                                        const Player& player,
                                                        const CapacityOptions& options,
                                                        const record::CapacityPlan& plan,
                                                        LoadAxis axis);

}  // namespace rehearse::study
