#include "harness/study/speed_up.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include "harness/base/parallel.hpp"
#include "harness/json/read.hpp"
#include "harness/study/points.hpp"
#include "harness/study/replicate.hpp"
#include "mocks/latency/load_profile.hpp"

namespace rehearse::study {
namespace {

using record::SpeedUp;
using scenarios::Scenario;

// One curve: how its steps change the scenario.
struct Curve {
  SpeedUp out;
  std::function<void(Scenario&, double step)> apply;
};

std::vector<double> twenty_steps() {
  std::vector<double> out;
  for (int percent = 0; percent <= 100; percent += 5) {
    out.push_back(percent / 100.0);
  }
  return out;
}

double left_of(double step) { return std::max(1 - step, kFree); }

const std::vector<double>& times_as_many() {
  static const std::vector<double> kSteps{1, 1.25, 1.5, 2, 4, 8};
  return kSteps;
}

Curve curve_of(const char* kind, std::string name, std::vector<double> steps) {
  Curve out;
  out.out.kind = kind;
  out.out.name = std::move(name);
  out.out.steps = std::move(steps);
  return out;
}

void add_stages(const Scenario& scenario, std::vector<Curve>& out) {
  for (std::size_t i = 0; i < scenario.stages.size(); ++i) {
    if (scenario.stages[i].kind == scenarios::StageKind::Group || scenario.stages[i].skip) {
      continue;
    }
    Curve curve = curve_of("stage", scenario.stages[i].path, twenty_steps());
    curve.apply = [i](Scenario& s, double step) { s.stages[i].time_scale = left_of(step); };
    out.push_back(std::move(curve));
  }
}

void add_providers(const Scenario& scenario, std::vector<Curve>& out) {
  for (std::uint32_t p = 0; p < scenario.providers.size(); ++p) {
    if (scenario.providers[p].only_base) {
      continue;
    }
    Curve curve = curve_of("provider", scenario.providers[p].name, twenty_steps());
    curve.apply = [p](Scenario& s, double step) {
      for (scenarios::Stage& stage : s.stages) {
        if (stage.kind == scenarios::StageKind::Call && stage.call.spec.provider == p) {
          stage.time_scale = left_of(step);
        }
      }
    };
    out.push_back(std::move(curve));
  }
}

std::uint32_t times(std::uint32_t count, double step) {
  return static_cast<std::uint32_t>(std::ceil(count * step));
}

// Slots, and connections of pools.
void add_resources(const Scenario& scenario, std::vector<Curve>& out) {
  for (std::size_t r = 0; r < scenario.resources.size(); ++r) {
    Curve curve = curve_of("resource", scenario.resources[r].name, times_as_many());
    curve.apply = [r](Scenario& s, double step) {
      s.resources[r].slots = times(s.resources[r].slots, step);
    };
    out.push_back(std::move(curve));
  }
  for (std::size_t p = 0; p < scenario.pools.size(); ++p) {
    const auto stages = std::count_if(
        scenario.stages.begin(), scenario.stages.end(), [&](const scenarios::Stage& stage) {
          return stage.connection && stage.connection->pool == static_cast<std::uint32_t>(p);
        });
    if (stages == 0) {
      continue;
    }
    Curve curve = curve_of("resource", scenario.pools[p].name + " (pool)", times_as_many());
    curve.apply = [p](Scenario& s, double step) { s.pools[p].max = times(s.pools[p].max, step); };
    out.push_back(std::move(curve));
  }
}

// The members of a profile that say how much it takes at once or a minute, times `step`.
json::Value more_of(const json::Value& value, bool limits, double step) {
  json::Value out = json::Value::object();
  for (const json::Member& member : value.members()) {
    const bool count = member.value.is_number() && member.key != "queue";
    if (limits && count) {
      out.set(member.key, static_cast<std::int64_t>(std::ceil(member.value.as_double() * step)));
    } else if (member.value.is_object()) {
      const bool here = member.key == "limits" || member.key == "capacity";
      json::Value inner = more_of(member.value, here, step);
      if (!inner.members().empty()) {
        out.set(member.key, std::move(inner));
      }
    }
  }
  return out;
}

// Limits and slots of a provider, as its profile and the scenario's change of it say.
void add_limits(const Scenario& scenario, const std::filesystem::path& folder,
                std::vector<Curve>& out) {
  for (std::uint32_t p = 0; p < scenario.providers.size(); ++p) {
    const scenarios::Provider& provider = scenario.providers[p];
    const auto text = latency::profile_text(provider.profile, folder, provider.change);
    if (provider.only_base || !text || more_of(*text, false, 1).members().empty()) {
      continue;
    }
    Curve curve = curve_of("resource", provider.name + " (limits)", times_as_many());
    const json::Value profile = *text;
    curve.apply = [p, profile](Scenario& s, double step) {
      json::Value change = s.providers[p].change;
      if (!change.is_object()) {
        change = json::Value::object();
      }
      s.providers[p].change = json::merge_patch(std::move(change), more_of(profile, false, step));
    };
    out.push_back(std::move(curve));
  }
}

std::vector<Curve> curves_of(const Scenario& scenario, const std::filesystem::path& folder) {
  std::vector<Curve> out;
  add_stages(scenario, out);
  add_providers(scenario, out);
  add_resources(scenario, out);
  add_limits(scenario, folder, out);
  return out;
}

struct Played {
  double p50_s = 0;
  record::RunPoint point;
};

Result<Played> play(const Player& player, const Scenario& scenario,
                    const CoalitionOptions& options) {
  ReplicateOptions how;
  how.jobs = options.jobs;
  how.seed = options.seed;
  const Result<std::vector<Batch>> batches = replicate(player, scenario, how);
  if (!batches) {
    return batches.errors();
  }
  Played out;
  out.point = pooled(*batches).point;
  out.p50_s = static_cast<double>(out.point.tally.jobs.response.quantile(0.5).value_or(0)) * 1e-9;
  return out;
}

// The stage other than `except` that holds most of the critical path.
std::string holder(const record::RunPoint& point, const std::string& except) {
  std::string out;
  double most = 0;
  for (std::size_t i = 0; i < point.tally.stages.size(); ++i) {
    const auto critical = static_cast<double>(point.tally.stages[i].critical_ns);
    if (critical > most && point.header.stages[i].path != except) {
      most = critical;
      out = point.header.stages[i].path;
    }
  }
  return out;
}

void describe_stage(const record::RunPoint& base, SpeedUp& out) {
  for (std::size_t i = 0; i < base.header.stages.size(); ++i) {
    if (base.header.stages[i].path != out.name || base.tally.critical_ns == 0) {
      continue;
    }
    const record::StageTally& stage = base.tally.stages[i];
    const auto critical = static_cast<double>(stage.critical_ns);
    out.critical_share = critical / static_cast<double>(base.tally.critical_ns);
    const auto jobs = static_cast<double>(std::max<std::uint64_t>(base.tally.jobs.done, 1));
    out.slack_s = std::max(0.0, static_cast<double>(stage.response.sum()) - critical) * 1e-9 / jobs;
  }
}

// For each place the first one that changes the scenario in the same way: a provider that answers
// one stage is that stage.
std::vector<std::size_t> same_changes(
    const Scenario& scenario, const std::vector<Curve>& curves,
    const std::vector<std::pair<std::size_t, std::size_t>>& places) {
  std::map<std::vector<double>, std::size_t> first;
  std::vector<std::size_t> out;
  Scenario changed = scenario;
  for (const auto& [c, step] : places) {
    changed.stages = scenario.stages;
    changed.resources = scenario.resources;
    curves[c].apply(changed, curves[c].out.steps[step]);
    std::vector<double> what;
    for (const scenarios::Stage& stage : changed.stages) {
      what.push_back(stage.time_scale);
    }
    for (const scenarios::Resource& resource : changed.resources) {
      what.push_back(resource.slots);
    }
    out.push_back(first.emplace(std::move(what), out.size()).first->second);
  }
  return out;
}

}  // namespace

double knee_of(const std::vector<double>& steps, const std::vector<double>& saved) {
  constexpr double kHardly = 0.05;  // of all that there is to gain
  if (steps.size() < 3) {
    return steps.empty() ? 0 : steps.back();
  }
  const double most = *std::max_element(saved.begin(), saved.end());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (most - saved[i] < kHardly * most) {
      return steps[i];
    }
  }
  return steps.back();
}

Result<std::vector<SpeedUp>> speed_ups(const scenarios::ScenarioFile& file, const Player& player,
                                       const CoalitionOptions& options) {
  scenarios::Selection selection;
  selection.workload = options.workload;
  const Result<Scenario> scenario = scenarios::instantiate(file, selection);
  if (!scenario) {
    return scenario.errors();
  }
  const Result<Played> base = play(player, *scenario, options);
  if (!base) {
    return base.errors();
  }
  std::vector<Curve> curves = curves_of(*scenario, file.folder());
  std::vector<std::pair<std::size_t, std::size_t>> places;  // of curve and step
  for (std::size_t c = 0; c < curves.size(); ++c) {
    curves[c].out.saved_s.assign(curves[c].out.steps.size(), 0);
    for (std::size_t step = 1; step < curves[c].out.steps.size(); ++step) {
      places.emplace_back(c, step);
    }
  }
  const std::vector<std::size_t> same = same_changes(*scenario, curves, places);
  std::vector<bool> is_last(places.size());  // of a curve: it tells what takes over
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto [c, step] = places[i];
    is_last[same[i]] = is_last[same[i]] || step + 1 == curves[c].out.steps.size();
  }
  std::vector<std::optional<Result<Played>>> results(places.size());
  for_each_parallel(places.size(), [&](std::size_t i) {
    if (same[i] != i) {
      return;
    }
    const auto [c, step] = places[i];
    Scenario changed = *scenario;
    curves[c].apply(changed, curves[c].out.steps[step]);
    results[i] = play(player, changed, options);
    if (results[i]->ok() && !is_last[i]) {
      results[i]->value().point = {};
    }
  });
  std::vector<SpeedUp> out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto [c, step] = places[i];
    const Result<Played>& result = *results[same[i]];
    if (!result.ok()) {
      return result.errors();
    }
    SpeedUp& curve = curves[c].out;
    const Played& played = result.value();
    curve.saved_s[step] = base->p50_s - played.p50_s;
    if (step + 1 == curve.steps.size()) {
      curve.knee = knee_of(curve.steps, curve.saved_s);
      curve.takes_over = holder(played.point, curve.name);
      if (curve.kind == "stage") {
        describe_stage(base->point, curve);
      }
      out.push_back(std::move(curve));
    }
  }
  // A limit that binds nowhere is not worth a line.
  std::erase_if(out, [](const SpeedUp& curve) {
    return curve.name.ends_with(" (limits)") &&
           std::all_of(curve.saved_s.begin(), curve.saved_s.end(),
                       [](double saved) { return std::abs(saved) < 1e-6; });
  });
  std::stable_sort(out.begin(), out.end(), [](const SpeedUp& a, const SpeedUp& b) {
    return a.saved_s.back() > b.saved_s.back();
  });
  return out;
}

}  // namespace rehearse::study
