#include "harness/study/speed_up.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "harness/study/parallel.hpp"
#include "harness/study/points.hpp"
#include "harness/study/replicate.hpp"

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

std::vector<Curve> curves_of(const Scenario& scenario) {
  std::vector<Curve> out;
  for (std::size_t i = 0; i < scenario.stages.size(); ++i) {
    if (scenario.stages[i].kind == scenarios::StageKind::Group || scenario.stages[i].skip) {
      continue;
    }
    Curve curve;
    curve.out.kind = "stage";
    curve.out.name = scenario.stages[i].path;
    curve.out.steps = twenty_steps();
    curve.apply = [i](Scenario& s, double step) { s.stages[i].time_scale = left_of(step); };
    out.push_back(std::move(curve));
  }
  for (std::uint32_t p = 0; p < scenario.providers.size(); ++p) {
    if (scenario.providers[p].only_base) {
      continue;
    }
    Curve curve;
    curve.out.kind = "provider";
    curve.out.name = scenario.providers[p].name;
    curve.out.steps = twenty_steps();
    curve.apply = [p](Scenario& s, double step) {
      for (scenarios::Stage& stage : s.stages) {
        if (stage.kind == scenarios::StageKind::Call && stage.call.spec.provider == p) {
          stage.time_scale = left_of(step);
        }
      }
    };
    out.push_back(std::move(curve));
  }
  for (std::size_t r = 0; r < scenario.resources.size(); ++r) {
    Curve curve;
    curve.out.kind = "resource";
    curve.out.name = scenario.resources[r].name;
    curve.out.steps = {1, 1.25, 1.5, 2, 4, 8};
    curve.apply = [r](Scenario& s, double step) {
      scenarios::Resource& resource = s.resources[r];
      resource.slots = static_cast<std::uint32_t>(std::ceil(resource.slots * step));
    };
    out.push_back(std::move(curve));
  }
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

}  // namespace

double knee_of(const std::vector<double>& steps, const std::vector<double>& saved) {
  if (steps.size() < 3) {
    return steps.empty() ? 0 : steps.back();
  }
  const double first = (saved[1] - saved[0]) / (steps[1] - steps[0]);
  for (std::size_t i = 2; i < steps.size(); ++i) {
    const double slope = (saved[i] - saved[i - 1]) / (steps[i] - steps[i - 1]);
    if (slope < 0.2 * first) {
      return steps[i - 1];
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
  std::vector<Curve> curves = curves_of(*scenario);
  std::vector<std::pair<std::size_t, std::size_t>> places;  // of curve and step
  for (std::size_t c = 0; c < curves.size(); ++c) {
    curves[c].out.saved_s.assign(curves[c].out.steps.size(), 0);
    for (std::size_t step = 1; step < curves[c].out.steps.size(); ++step) {
      places.emplace_back(c, step);
    }
  }
  std::vector<std::optional<Result<Played>>> results(places.size());
  for_each_parallel(places.size(), [&](std::size_t i) {
    const auto [c, step] = places[i];
    Scenario changed = *scenario;
    curves[c].apply(changed, curves[c].out.steps[step]);
    results[i] = play(player, changed, options);
    if (results[i]->ok() && step + 1 < curves[c].out.steps.size()) {
      results[i]->value().point = {};  // only the last one tells what takes over
    }
  });
  std::vector<SpeedUp> out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto [c, step] = places[i];
    if (!results[i]->ok()) {
      return results[i]->errors();
    }
    SpeedUp& curve = curves[c].out;
    const Played& played = results[i]->value();
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
  std::stable_sort(out.begin(), out.end(), [](const SpeedUp& a, const SpeedUp& b) {
    return a.saved_s.back() > b.saved_s.back();
  });
  return out;
}

}  // namespace rehearse::study
