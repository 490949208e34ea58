#include "scenarios/compile.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace rehearse::scenarios {

Environment environment_of(const json::Value& file) {
  Environment environment;
  if (const json::Value* const parameters = file.find("parameters");
      parameters != nullptr && parameters->is_object()) {
    for (const json::Member& member : parameters->members()) {
      const json::Value* const inner = member.value.find("value");
      const json::Value& value = inner != nullptr ? *inner : member.value;
      if (value.is_bool() || value.is_number() || value.is_string()) {
        environment.parameters.set(member.key, value);
      }
    }
  }
  if (const json::Value* const inputs = file.find("inputs");
      inputs != nullptr && inputs->is_object()) {
    for (const json::Member& member : inputs->members()) {
      environment.inputs.push_back(member.key);
    }
  }
  std::sort(environment.inputs.begin(), environment.inputs.end());  // as Scenario::inputs is
  return environment;
}

Compiler::Compiler(const Merged& merged, const Merged& base, const std::filesystem::path& folder,
                   Sink& sink)
    : merged_(merged),
      base_(base),
      folder_(folder),
      sink_(sink),
      reader_(merged.environment, sink, folder),
      nowhere_(""),
      base_reader_(base.environment, nowhere_, folder),
      root_{&merged.json, ""},
      base_root_{&base.json, ""} {}

Scenario Compiler::compile(const std::string& workload, bool all) {
  reader_.collect_figures(&scenario_.figures);
  scenario_.parameters = merged_.environment.parameters;
  for (const std::string& name : keys_of(root_["parameters"])) {
    if (is_reserved_name(name)) {
      sink_.add(root_["parameters"][name],
                quoted_excerpt(name) + " is a reserved word: a parameter needs another name");
    }
  }
  scenario_.note = root_["note"] && root_["note"]->is_string() ? root_["note"]->as_string() : "";
  compile_inputs();
  compile_resources();
  compile_pools();
  compile_providers();
  scenario_.graphs.push_back({"main", {}});
  Level level;
  level.stages = root_["stages"];
  level.order = root_["order"];
  level.origin = reader_.origin(root_);
  std::vector<StageIndex> top = compile_level(std::move(level));
  scenario_.graphs[0].top = std::move(top);
  const Node workloads = root_["workloads"];
  if (!workloads) {
    scenario_.workload = compile_workload("single", workloads);
  }
  for (const std::string& name : keys_of(workloads)) {
    if (name == workload) {
      scenario_.workload = compile_workload(name, workloads[name]);
    } else if (all) {
      // Checked for its errors alone: its graphs are no part of this scenario.
      const std::size_t stages = scenario_.stages.size();
      const std::size_t graphs = scenario_.graphs.size();
      const std::size_t figures = scenario_.figures.size();
      compile_workload(name, workloads[name]);
      scenario_.stages.resize(stages);
      scenario_.graphs.resize(graphs);
      scenario_.figures.resize(figures);
    }
  }
  apply_trace();
  compile_statements();
  compile_app();
  return std::move(scenario_);
}

}  // namespace rehearse::scenarios
