#include "harness/study/stage_change.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "harness/json/read.hpp"
#include "harness/json/value.hpp"

namespace rehearse::study {
namespace {

using json::Value;

// What says when a stage runs, and not what it does.
constexpr std::array<std::string_view, 6> kOrder{"needs",  "after", "order",
                                                 "stages", "note",  "background"};

const Value kNothing;

const Value& member(const Value& object, std::string_view key) {
  const Value* const found = object.find(key);
  return found == nullptr ? kNothing : *found;
}

Value work_of(const Value& stage) {
  Value out = stage;
  for (const std::string_view key : kOrder) {
    if (out.is_object()) {
      out.erase(key);
    }
  }
  return out;
}

// The parts of the scenario that a stage names with this key, by name.
bool part_differs(const Value& before, const Value& after, std::string_view parts,
                  const std::string& name) {
  return !(member(member(before, parts), name) == member(member(after, parts), name));
}

}  // namespace

const Value& stage_text(const Value& scenario, const std::string& workload, std::string_view path) {
  const Value* level = &member(scenario, "stages");
  if (const std::size_t colon = path.find(':'); colon != std::string_view::npos) {
    const Value& tasks = member(member(member(scenario, "workloads"), workload), "tasks");
    level = &member(member(tasks, path.substr(0, colon)), "stages");
    path.remove_prefix(colon + 1);
  }
  while (true) {
    const std::size_t slash = path.find('/');
    const Value& stage = member(*level, path.substr(0, slash));
    if (slash == std::string_view::npos) {
      return stage;
    }
    level = &member(stage, "stages");
    path.remove_prefix(slash + 1);
  }
}

std::vector<bool> changed_work(const scenarios::Scenario& before,
                               const scenarios::Scenario& after) {
  const auto old_text = json::parse(before.canonical);
  const auto new_text = json::parse(after.canonical);
  std::vector<bool> out(after.stages.size(), true);
  if (!old_text || !new_text) {
    return out;
  }
  const bool parameters = !(before.parameters == after.parameters);
  for (std::size_t i = 0; i < after.stages.size(); ++i) {
    const scenarios::Stage& stage = after.stages[i];
    const Value& old_stage = stage_text(*old_text, before.workload.name, stage.path);
    const Value& new_stage = stage_text(*new_text, after.workload.name, stage.path);
    bool changed = old_stage.is_null() || !(work_of(old_stage) == work_of(new_stage));
    const bool call = stage.kind == scenarios::StageKind::Call;
    if (call) {
      const std::string& provider = after.providers[stage.call.spec.provider].name;
      changed = changed || (parameters && stage.call.base != nullptr) ||
                part_differs(*old_text, *new_text, "providers", provider);
    }
    if (stage.connection && stage.connection->pool) {
      const std::string& pool = after.pools[*stage.connection->pool].name;
      changed = changed || part_differs(*old_text, *new_text, "pools", pool);
    }
    for (const scenarios::ResourceUse& use : stage.uses) {
      const std::string& resource = after.resources[use.resource].name;
      changed = changed || part_differs(*old_text, *new_text, "resources", resource);
    }
    out[i] = changed;
  }
  return out;
}

}  // namespace rehearse::study
