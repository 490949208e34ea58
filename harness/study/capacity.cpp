#include "harness/study/capacity.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/study/capacity_parts.hpp"

namespace rehearse::study {
namespace {

using record::CapacityPlan;
using scenarios::LoadKind;
using scenarios::Scenario;

// How the users of another workload think, where the planned one has none.
Result<scenarios::Amount> think_of(const scenarios::ScenarioFile& file,
                                   const CapacityOptions& options, CapacityPlan& plan) {
  if (options.think_s > 0) {
    return scenarios::Amount{.distribution = Distribution::exponential(options.think_s),
                             .expression = {}};
  }
  for (const std::string& name : file.workloads()) {
    scenarios::Selection selection = options.selection;
    selection.workload = name;
    selection.parameters.clear();
    const Result<Scenario> other = scenarios::instantiate(file, selection);
    if (other && other->workload.kind == LoadKind::Closed) {
      return other->workload.think;
    }
  }
  plan.notes.emplace_back(
      "no workload says how users think: each asks again at once (--think says otherwise)");
  return scenarios::Amount{.distribution = Distribution::constant(0), .expression = {}};
}

void read_today(const Scenario& scenario, const CapacityOptions& options, CapacityPlan& plan) {
  plan.volume_a_month = options.volume_a_month;
  if (!plan.volume_a_month) {
    plan.volume_a_month = scenario.jobs_per_month;
  }
  plan.value_per_job_usd = options.value_per_job_usd.value_or(scenario.value_per_job.count_usd());
  const scenarios::Workload& load = scenario.workload;
  if (load.kind == LoadKind::Open) {
    double most = 0;
    for (const scenarios::Phase& phase : load.phases) {
      most = std::max({most, phase.rate_from, phase.rate_to});
    }
    plan.today_per_s = most;
    plan.today_source = "workload " + load.name;
  } else if (plan.volume_a_month) {
    plan.today_per_s = *plan.volume_a_month / kSecondsAMonth;
    plan.today_source = "its volume";
  }
}

Status find_knees(const Player& player, const Surveyed& surveyed, const CapacityOptions& options,
                  CapacityPlan& plan) {
  for (const LoadAxis axis : {LoadAxis::Rate, LoadAxis::Users}) {
    if (axis == LoadAxis::Rate ? !options.rate : !options.users) {
      continue;
    }
    KneeOptions how = knee_options(options, axis);
    const double most = how.axis == LoadAxis::Rate
                            ? surveyed.unloaded.bound_per_s()
                            : surveyed.unloaded.bound_per_s() *
                                  (surveyed.unloaded.response_s + surveyed.unloaded.think_s);
    how.replications = fitting_runs(surveyed.unloaded, axis, most, how.jobs, {6, how.replications});
    const std::optional<double> target =
        axis == LoadAxis::Rate ? options.target_per_s : options.target_users;
    Result<record::CapacityKnee> knee = report_knee(player, surveyed, how, target);
    if (!knee) {
      return knee.errors();
    }
    plan.knees.push_back(std::move(knee).value());
  }
  return Done{};
}

Status add_checks(const Player& player, const Surveyed& surveyed, const CapacityOptions& options,
                  CapacityPlan& plan) {
  for (const record::CapacityKnee& knee : plan.knees) {
    if (!options.check || knee.end != "found" ||
        (options.check->stopped && options.check->stopped())) {
      continue;
    }
    const LoadAxis axis = knee.axis == "rate" ? LoadAxis::Rate : LoadAxis::Users;
    Result<record::CapacityCheck> check =
        check_over_http(player, surveyed, knee_options(options, axis), *options.check, knee);
    if (!check) {
      return check.errors();
    }
    plan.checks.push_back(std::move(check).value());
  }
  return Done{};
}

// Of today's load where one is known, else of the largest.
Status add_headroom(const Player& player, const Surveyed& surveyed, const CapacityOptions& options,
                    CapacityPlan& plan) {
  const scenarios::Workload& load = surveyed.system.scenario.workload;
  LoadAxis axis = LoadAxis::Rate;
  double of = 0;
  if (load.kind == LoadKind::Closed && options.users) {
    axis = LoadAxis::Users;
    of = load.users;
    plan.headroom_of = "the users of workload " + load.name;
  } else if (plan.today_per_s && options.rate) {
    of = *plan.today_per_s;
    plan.headroom_of = "the load of today (" + plan.today_source + ")";
  } else if (!plan.knees.empty()) {
    axis = plan.knees.front().axis == "rate" ? LoadAxis::Rate : LoadAxis::Users;
    of = plan.knees.front().load;
    plan.headroom_of = "the largest load";
  }
  if (!(of > 0)) {
    return Done{};
  }
  plan.headroom_axis = std::string(axis_name(axis));
  auto rows = headroom(player, surveyed, knee_options(options, axis), of);
  if (!rows) {
    return rows.errors();
  }
  plan.headroom = std::move(rows).value();
  return Done{};
}

Status add_asked(const Player& player, const Surveyed& surveyed, const CapacityOptions& options,
                 CapacityPlan& plan) {
  if (options.target_per_s || options.target_users) {
    const LoadAxis axis = options.target_per_s ? LoadAxis::Rate : LoadAxis::Users;
    Result<record::CapacityTarget> target =
        size_for(player, surveyed, knee_options(options, axis),
                 options.target_per_s ? *options.target_per_s : *options.target_users);
    if (!target) {
      return target.errors();
    }
    plan.target = std::move(target).value();
  }
  if (options.at_per_s) {
    Result<record::CapacitySpan> span =
        play_span(player, surveyed, knee_options(options, LoadAxis::Rate),
                  {*options.at_per_s, options.at_length, options.at_stages});
    if (!span) {
      return span.errors();
    }
    plan.span = std::move(span).value();
  }
  return Done{};
}

// A maximum has no value of its own: it grows with the jobs that are looked at.
void note_maxima(const std::vector<Target>& targets, std::uint64_t jobs, CapacityPlan& plan) {
  std::string texts;
  for (const Target& target : targets) {
    if (target.role == Target::Role::Bound && target.what.stat == record::Stat::Max) {
      texts += (texts.empty() ? "" : ", ") + target.text;
    }
  }
  if (!texts.empty()) {
    plan.notes.push_back(texts + ": a maximum grows with the jobs that it is of, here those of a " +
                         "probe, up to about " + grouped(static_cast<double>(jobs)) +
                         " (--jobs); a quantile such as p(99.9) does not");
  }
}

}  // namespace

std::string planned_workload(const scenarios::ScenarioFile& file, const std::string& named) {
  if (!named.empty() || file.workloads().empty()) {
    return named;
  }
  for (const std::string& name : file.workloads()) {
    scenarios::Selection selection;
    selection.workload = name;
    const Result<Scenario> scenario = scenarios::instantiate(file, selection);
    if (scenario && (scenario->workload.kind == LoadKind::Closed ||
                     scenario->workload.kind == LoadKind::Open)) {
      return name;
    }
  }
  return file.workloads().front();
}

KneeOptions knee_options(const CapacityOptions& options, LoadAxis axis) {
  KneeOptions out;
  out.axis = axis;
  out.seed = options.seed;
  out.jobs = options.jobs.value_or(out.jobs);
  out.precision = options.precision;
  out.threads = options.threads;
  out.most_load = axis == LoadAxis::Users ? 1e6 : 1e7;
  return out;
}

std::uint64_t jobs_of_events(const Unloaded& unloaded, double events) {
  return static_cast<std::uint64_t>(std::clamp(events / unloaded.events_a_job, 2e3, 2e5));
}

std::uint64_t fitting_runs(const Unloaded& unloaded, LoadAxis axis, double load, std::uint64_t jobs,
                           Runs runs) {
  const double inside = axis == LoadAxis::Rate ? load * unloaded.longest_s : load;
  const double fit = std::isfinite(inside) ? static_cast<double>(jobs) / (kInsideOnce * inside + 1)
                                           : static_cast<double>(runs.most);
  return static_cast<std::uint64_t>(
      std::clamp(fit, static_cast<double>(runs.least), static_cast<double>(runs.most)));
}

Result<Probe> look_at(const Player& player, const LoadedSystem& system, const Unloaded& rest,
                      const std::vector<Target>& targets, const KneeOptions& how, double load) {
  const std::uint64_t jobs = look_jobs(rest, how);
  ProbeOptions options;
  options.seed = how.seed;
  options.replications = fitting_runs(rest, how.axis, load, jobs);
  options.threads = how.threads;
  const LoadLevel level = level_at(load, rest, how, {options.replications, jobs, 1});
  return probe(player, system, level, targets, options);
}

std::uint64_t look_jobs(const Unloaded& unloaded, const KneeOptions& how) {
  return std::min(how.jobs, jobs_of_events(unloaded, kLookEvents));
}

Result<Surveyed> survey(const Player& player, LoadedSystem system, const CapacityOptions& options,
                        const KneeOptions& how) {
  Result<std::vector<Target>> targets =
      targets_of(system.scenario, options.objectives, options.errors);
  if (!targets) {
    return targets.errors();
  }
  Surveyed out{std::move(system), std::move(targets).value(), {}};
  Result<Unloaded> unloaded = unload(player, out.system, out.targets, how);
  if (!unloaded) {
    return unloaded.errors();
  }
  out.unloaded = std::move(unloaded).value();
  return out;
}

Result<CapacityPlan> plan_capacity(const scenarios::ScenarioFile& file, const Player& player,
                                   const CapacityOptions& asked) {
  CapacityOptions options = asked;
  options.selection.workload = planned_workload(file, asked.selection.workload);
  Result<Scenario> scenario = scenarios::instantiate(file, options.selection);
  if (!scenario) {
    return scenario.errors();
  }
  CapacityPlan plan;
  plan.scenario = scenario->name;
  plan.workload = scenario->workload.name;
  plan.variants = scenario->variants;
  plan.seed = options.seed;
  plan.against = options.check ? "sim, mock" : "sim";
  read_today(*scenario, options, plan);
  LoadedSystem system{std::move(scenario).value(), {}, {}};
  if (options.users || options.target_users) {
    Result<scenarios::Amount> think = think_of(file, options, plan);
    if (!think) {
      return think.errors();
    }
    system.think = std::move(think).value();
  }
  const LoadAxis own =
      system.scenario.workload.kind == LoadKind::Closed ? LoadAxis::Users : LoadAxis::Rate;
  Result<Surveyed> surveyed =
      survey(player, std::move(system), options, knee_options(options, own));
  if (!surveyed) {
    return surveyed.errors();
  }
  if (!asked.jobs) {
    options.jobs = jobs_of_events(surveyed->unloaded, kProbeEvents);
  }
  note_maxima(surveyed->targets, *options.jobs, plan);
  Status done = find_knees(player, *surveyed, options, plan);
  if (done) {
    done = add_headroom(player, *surveyed, options, plan);
  }
  if (done) {
    done = add_asked(player, *surveyed, options, plan);
  }
  if (!done) {
    return done.errors();
  }
  if (options.money) {
    auto money = variant_money(file, player, options, plan, own);
    if (!money) {
      return money.errors();
    }
    plan.money = std::move(money).value();
    plan.money_axis = std::string(axis_name(own));
  }
  if (options.stopped && options.stopped()) {
    return Error{"plan", "interrupted before it was made"};
  }
  done = add_checks(player, *surveyed, options, plan);
  if (!done) {
    return done.errors();
  }
  return plan;
}

}  // namespace rehearse::study
