#include "harness/study/fit_times.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::study {
namespace {

using json::Value;
using scenarios::StageKind;

constexpr std::size_t kMostValues = 20'000;  // of a stage
constexpr double kLeastStep = 1e-9;          // quantiles ascend

// The stage at a path of the text; nullptr where there is none.
Value* stage_at(Value& scenario, const std::string& workload, std::string_view path) {
  Value* level = scenario.find("stages");
  if (const std::size_t colon = path.find(':'); colon != std::string_view::npos) {
    Value* const workloads = scenario.find("workloads");
    Value* const load = workloads == nullptr ? nullptr : workloads->find(workload);
    Value* const tasks = load == nullptr ? nullptr : load->find("tasks");
    Value* const task = tasks == nullptr ? nullptr : tasks->find(path.substr(0, colon));
    level = task == nullptr ? nullptr : task->find("stages");
    path.remove_prefix(colon + 1);
  }
  while (level != nullptr) {
    const std::size_t slash = path.find('/');
    Value* const stage = level->find(path.substr(0, slash));
    if (slash == std::string_view::npos || stage == nullptr) {
      return stage;
    }
    level = stage->find("stages");
    path.remove_prefix(slash + 1);
  }
  return nullptr;
}

std::string seconds_text(double seconds) {
  return std::to_string(static_cast<std::int64_t>(std::llround(seconds * 1e9))) + "ns";
}

// { "quantiles": { "0.01": …, … } } of ascending values.
Value quantiles_of(const std::vector<double>& ascending) {
  Value knots = Value::object();
  double last = 0;
  const auto add = [&](double q) {
    const double value = std::max(stats::sorted_quantile(ascending, q).value_or(0), last);
    last = value + kLeastStep;
    knots.set(number_text(q), seconds_text(value));
  };
  const std::size_t most = std::min<std::size_t>(ascending.size() - 1, 100);
  for (std::size_t i = 0; i <= most; ++i) {
    add(std::round(1e6 * static_cast<double>(i) / static_cast<double>(most)) / 1e6);
  }
  Value out = Value::object();
  out.set("quantiles", std::move(knots));
  out.set("basis", "measured");
  return out;
}

// Puts the times in; false where the stage has no place for them.
bool set_time(Value& text, const scenarios::Stage& stage, const std::vector<double>& values) {
  switch (stage.kind) {
    case StageKind::Call:
      text.set("time", quantiles_of(values));
      return true;
    case StageKind::Wait:
      text.set("wait", quantiles_of(values));
      return true;
    case StageKind::Local:
      break;
    default:
      return false;
  }
  Value* const local = text.find("local");
  if (local == nullptr || !local->is_object()) {
    return false;
  }
  const bool io = local->find("io") != nullptr;
  const bool cpu = local->find("cpu") != nullptr;
  if (!io) {
    local->set("cpu", quantiles_of(values));
    return cpu;
  }
  const double computing = cpu ? stage.local.cpu.value(0.5, {}) : 0;
  std::vector<double> waiting;
  for (const double value : values) {
    waiting.push_back(std::max(value - computing, 0.0));
  }
  if (cpu) {
    local->set("cpu", seconds_text(computing));
  }
  local->set("io", quantiles_of(waiting));
  return true;
}

// A patch of a distribution that names a form of its own lets the quantiles go.
void let_go(Value* patch) {
  if (patch == nullptr || !patch->is_object()) {
    return;
  }
  for (const std::string_view form : {"value", "typical", "between", "at_most", "at_least",
                                      "uniform", "exponential", "gamma", "mixture", "empirical"}) {
    const Value* const given = patch->find(form);
    if (given != nullptr && !given->is_null()) {
      patch->set("quantiles", Value());
      return;
    }
  }
}

void fit_variants(Value& scenario, const std::string& workload, const std::string& path) {
  Value* const variants = scenario.find("variants");
  if (variants == nullptr || !variants->is_object()) {
    return;
  }
  for (json::Member& member : variants->members()) {
    Value* const change = member.value.find("change");
    Value* const stage = change == nullptr ? nullptr : stage_at(*change, workload, path);
    if (stage == nullptr || !stage->is_object()) {
      continue;
    }
    let_go(stage->find("time"));
    let_go(stage->find("wait"));
    if (Value* const local = stage->find("local"); local != nullptr) {
      let_go(local->find("io"));
      let_go(local->find("cpu"));
    }
  }
}

}  // namespace

StageTimes times_of(const record::RunHeader& header, std::span<const record::JobTrace> traces) {
  StageTimes out;
  const auto keep = [&](const record::StageInfo& stage, Instant from, Instant to) {
    std::vector<double>& values = out[stage.path];
    if (values.size() < kMostValues) {
      values.push_back((to - from).count_s());
    }
  };
  for (const record::JobTrace& trace : traces) {
    for (const record::AttemptSpan& attempt : trace.attempts) {
      const record::StageSpan& span = trace.spans[attempt.span];
      if (attempt.failure == 0 && span.stage < header.stages.size() &&
          header.stages[span.stage].kind == record::StageRowKind::Call) {
        keep(header.stages[span.stage], attempt.started, attempt.done);
      }
    }
    for (const record::StageSpan& span : trace.spans) {
      if (span.stage >= header.stages.size()) {
        continue;
      }
      const record::StageInfo& stage = header.stages[span.stage];
      const bool whole = stage.fanned_out && span.item == record::kWhole;
      const bool work =
          stage.kind == record::StageRowKind::Local || stage.kind == record::StageRowKind::Wait;
      if (work && !whole && span.end == record::StageEnd::Done) {
        keep(stage, span.started, span.done);
      }
    }
  }
  return out;
}

FittedText fit_times(Value scenario, const scenarios::Scenario& compiled, const StageTimes& times,
                     std::size_t least) {
  FittedText out;
  for (const scenarios::Stage& stage : compiled.stages) {
    const auto found = times.find(stage.path);
    Value* const text = stage_at(scenario, compiled.workload.name, stage.path);
    if (found == times.end() || found->second.size() < least || text == nullptr ||
        !text->is_object()) {
      continue;
    }
    if (set_time(*text, stage, stats::sorted(found->second))) {
      fit_variants(scenario, compiled.workload.name, stage.path);
      out.stages.push_back(stage.path);
    }
  }
  out.json = std::move(scenario);
  return out;
}

}  // namespace rehearse::study
