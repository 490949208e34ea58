#include "harness/study/candidate.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/study/stage_change.hpp"

namespace rehearse::study {
namespace {

using json::Value;
using scenarios::Scenario;
using scenarios::Stage;

bool contains(const std::vector<StageIndex>& list, StageIndex stage) {
  return std::find(list.begin(), list.end(), stage) != list.end();
}

bool is_fallback(const Scenario& scenario, StageIndex stage) {
  return std::any_of(scenario.stages.begin(), scenario.stages.end(),
                     [&](const Stage& other) { return other.fallback == stage; });
}

// { key: value }
Value object_of(std::string_view key, Value value) {
  Value out = Value::object();
  out.set(key, std::move(value));
  return out;
}

// The name where a text is "${name}" alone; else empty.
std::string_view parameter_in(const Value* text) {
  if (text == nullptr || !text->is_string()) {
    return {};
  }
  std::string_view all = text->as_string();
  if (!all.starts_with("${") || !all.ends_with("}")) {
    return {};
  }
  all = all.substr(2, all.size() - 3);
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  return std::all_of(all.begin(), all.end(), word) ? all : std::string_view();
}

}  // namespace

std::vector<LevelOf> levels_of(const Scenario& scenario) {
  std::vector<LevelOf> out;
  const auto add = [&](const std::string& name, const std::vector<StageIndex>& members) {
    LevelOf level{name, {}};
    for (const StageIndex stage : members) {
      if (!is_fallback(scenario, stage)) {
        level.stages.push_back(stage);
      }
    }
    out.push_back(std::move(level));
  };
  for (std::size_t i = 0; i < scenario.graphs.size(); ++i) {
    add(i == 0 ? "" : scenario.graphs[i].name, scenario.graphs[i].top);
  }
  for (const Stage& stage : scenario.stages) {
    if (stage.kind == scenarios::StageKind::Group) {
      add(stage.path, stage.children);
    }
  }
  return out;
}

std::vector<StageIndex> data_of(const Scenario& scenario, StageIndex index) {
  const Stage& stage = scenario.stages[index.value];
  std::vector<StageIndex> out = stage.needs;
  if (stage.request.is_null()) {
    return out;
  }
  const std::string text = json::dump(stage.request);
  for (std::uint32_t i = 0; i < scenario.stages.size(); ++i) {
    const bool sibling = scenario.stages[i].parent == stage.parent && i != index.value;
    if (sibling && text.find("stages." + scenario.stages[i].name + ".text") != std::string::npos &&
        contains(stage.before, {i}) && !contains(out, {i})) {
      out.push_back({i});
    }
  }
  return out;
}

std::vector<bool> ancestors_of(const Scenario& scenario, StageIndex stage) {
  std::vector<bool> out(scenario.stages.size(), false);
  std::vector<StageIndex> open = data_of(scenario, stage);
  while (!open.empty()) {
    const StageIndex next = open.back();
    open.pop_back();
    if (out[next.value]) {
      continue;
    }
    out[next.value] = true;
    for (const StageIndex further : data_of(scenario, next)) {
      open.push_back(further);
    }
  }
  return out;
}

Value at_stage(const Ground& ground, const Stage& stage, Value keys) {
  std::string_view path = stage.path;
  std::string_view task;
  if (const std::size_t colon = path.find(':'); colon != std::string_view::npos) {
    task = path.substr(0, colon);
    path.remove_prefix(colon + 1);
  }
  Value out = std::move(keys);
  while (true) {
    const std::size_t slash = path.rfind('/');
    const bool outermost = slash == std::string_view::npos;
    out = object_of("stages", object_of(path.substr(outermost ? 0 : slash + 1), std::move(out)));
    if (outermost) {
      break;
    }
    path = path.substr(0, slash);
  }
  if (task.empty()) {
    return out;
  }
  return object_of("workloads", object_of(ground.scenario.workload.name,
                                          object_of("tasks", object_of(task, std::move(out)))));
}

Value at_key(const Ground& ground, const Stage& stage, std::string_view key, Value value,
             std::string& name) {
  const Value& root = ground.file.json();
  const Value& text = stage_text(root, ground.scenario.workload.name, stage.path);
  const std::string_view parameter = parameter_in(text.find(key));
  const Value* const all = root.find("parameters");
  const Value* const known = parameter.empty() || all == nullptr ? nullptr : all->find(parameter);
  if (known == nullptr) {
    name = stage.path;
    return at_stage(ground, stage, object_of(key, std::move(value)));
  }
  name = parameter;
  Value set = known->is_object() ? object_of("value", std::move(value)) : std::move(value);
  return object_of("parameters", object_of(parameter, std::move(set)));
}

void add_patch(Value& patch, const Value& other) {
  if (!patch.is_object() || !other.is_object()) {
    patch = other;
    return;
  }
  for (const json::Member& member : other.members()) {
    Value* const mine = patch.find(member.key);
    if (mine == nullptr) {
      patch.set(member.key, member.value);
    } else {
      add_patch(*mine, member.value);
    }
  }
}

std::string word_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return out;
}

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == kShown && names.size() > kShown + 1) {
      return out + " and " + std::to_string(names.size() - kShown) + " more";
    }
    const bool last = i + 1 == names.size();
    out += (i == 0 ? "" : last ? " and " : ", ") + names[i];
  }
  return out;
}

const record::StageTally* tally_of(const Ground& ground, const Stage& stage) {
  for (std::size_t i = 0; i < ground.base.header.stages.size(); ++i) {
    if (ground.base.header.stages[i].path == stage.path) {
      return &ground.base.tally.stages[i];
    }
  }
  return nullptr;
}

double critical_share(const Ground& ground, const Stage& stage) {
  const record::StageTally* const tally = tally_of(ground, stage);
  const auto all = static_cast<double>(ground.base.tally.critical_ns);
  return tally == nullptr || all <= 0 ? 0 : static_cast<double>(tally->critical_ns) / all;
}

std::string round_duration(double seconds) {
  const bool small = seconds < 1;
  double value = small ? seconds * 1000 : seconds;
  const double step = std::pow(10, std::floor(std::log10(std::max(value, 1e-6))) - 1);
  value = std::round(value / step) * step;
  value = std::round(value * 1e6) / 1e6;
  return number_text(std::max(value, 0.001)) + (small ? "ms" : "s");
}

std::vector<Candidate> propose(const Ground& ground) {
  std::vector<Candidate> all;
  for (const auto each :
       {propose_order, propose_fan_out, propose_background, propose_caches, propose_pools,
        propose_models, propose_images, propose_token_limits, propose_hedges, propose_retries}) {
    each(ground, all);
  }
  std::set<std::string> names;
  for (const scenarios::Variant& variant : ground.file.variants()) {
    names.insert(variant.name);
  }
  std::set<std::string> changes;
  std::vector<Candidate> out;
  for (Candidate& candidate : all) {
    if (!changes.insert(json::dump_canonical(candidate.change)).second) {
      continue;
    }
    constexpr std::size_t kLongest = 56;  // of a name are 64 letters
    const std::string wanted = candidate.name.substr(0, kLongest);
    candidate.name = wanted;
    for (int number = 2; !names.insert(candidate.name).second; ++number) {
      candidate.name = wanted + "_" + std::to_string(number);
    }
    out.push_back(std::move(candidate));
  }
  return out;
}

}  // namespace rehearse::study
