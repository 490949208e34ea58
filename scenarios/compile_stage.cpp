#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "scenarios/compile.hpp"
#include "scenarios/index_of.hpp"

namespace rehearse::scenarios {

namespace {
constexpr std::size_t kMostStages = 10'000;
}

std::vector<StageIndex> Compiler::compile_level(Level level) {
  level.names = keys_of(level.stages);
  if (level.order) {
    level.sequential = level.order->is_array() || reader_.text(level.order) == "sequential";
  }
  if (scenario_.stages.size() + level.names.size() > kMostStages) {
    sink_.add(level.stages, "expected at most 10000 stages");
    return {};
  }
  // Numbered by name: a stage's place in the file never matters, but for `order`.
  std::vector<std::string> sorted = level.names;
  std::sort(sorted.begin(), sorted.end());
  for (const std::string& name : sorted) {
    const StageIndex index{static_cast<std::uint32_t>(scenario_.stages.size())};
    level.places.emplace(name, index);
    Stage stage;
    stage.name = name;
    stage.path = level.prefix + name;
    stage.key = hash_name(stage.path);
    stage.parent = level.parent;
    scenario_.stages.push_back(std::move(stage));
  }
  for (const std::string& name : sorted) {
    compile_stage(level.places[name], level.stages[name], level);
  }
  connect(level);
  std::vector<StageIndex> in_file_order;
  for (const std::string& name : level.names) {
    in_file_order.push_back(level.places[name]);
  }
  return in_file_order;
}

void Compiler::compile_stage(StageIndex index, const Node& node, const Level& level) {
  // A reference into `stages` dies when a group adds its own: work on a copy.
  Stage stage = scenario_.stages[index.value];
  stage.origin = reader_.origin(node, level.origin);
  compile_common(stage, node);
  if (node["call"]) {
    stage.kind = StageKind::Call;
    compile_call(stage, node);
  } else if (const Node local = node["local"]) {
    stage.kind = StageKind::Local;
    const Origin origin = reader_.origin(local, stage.origin);
    stage.local.cpu = reader_.amount(local["cpu"], Unit::Seconds, origin);
    stage.local.io = reader_.amount(local["io"], Unit::Seconds, origin);
    stage.local.memory_mb = reader_.number(local["memory_mb"], 0);
  } else if (node["stages"]) {
    stage.kind = StageKind::Group;
    stage.holds = resource_uses(node["holds"]);
  } else {
    stage.kind = StageKind::Wait;
    stage.wait = reader_.amount(node["wait"], Unit::Seconds, stage.origin);
  }
  const bool group = stage.kind == StageKind::Group;
  scenario_.stages[index.value] = std::move(stage);
  if (group) {
    compile_group(index, node, level);
  }
}

void Compiler::compile_group(StageIndex index, const Node& node, const Level& level) {
  Level inner;
  inner.stages = node["stages"];
  inner.order = node["order"];
  inner.sequential = level.sequential;
  inner.prefix = scenario_.stages[index.value].path + "/";
  inner.parent = index;
  inner.origin = scenario_.stages[index.value].origin;
  std::vector<StageIndex> children = compile_level(std::move(inner));
  scenario_.stages[index.value].children = std::move(children);
}

void Compiler::compile_common(Stage& stage, const Node& node) {
  stage.repeat = reader_.optional_amount(node["repeat"], Unit::Number, stage.origin);
  if (stage.repeat && stage.repeat->is_constant() &&
      stage.repeat->distribution.quantile(0.5) > 100'000) {
    sink_.add(node["repeat"], "expected at most 100000 items, found " + found(*node["repeat"]));
  }
  if (stage.repeat && !stage.repeat->expression) {
    stage.repeat->distribution = stage.repeat->distribution.clamped(0, 100'000);
  }
  stage.parallel = reader_.text(node["parallel"]) == "all" ? 0 : reader_.count(node["parallel"], 1);
  stage.vary = reader_.quantity(node["vary"], Unit::Share, 0);
  if (const Node when = node["when"]) {
    const Text condition = reader_.job_text(when);
    if (condition.expression) {
      stage.condition = condition.expression;
    } else {
      stage.probability =
          when->is_bool() ? (when->as_bool() ? 1 : 0) : reader_.quantity(when, Unit::Share, 1);
    }
  }
  stage.skip = reader_.boolean(node["skip"], false);
  stage.background = reader_.boolean(node["background"], false);
  const std::string first = reader_.text(node["first_result"]);
  stage.first_result = first == "first_chunk" ? FirstResult::FirstChunk
                       : first == "done"      ? FirstResult::Done
                                              : FirstResult::None;
  if (node["cache"]) {
    stage.cache = cache_spec(node["cache"], stage.origin);
  }
  stage.uses = resource_uses(node["uses"]);
  stage.timeout = reader_.duration(node["timeout"]);
  stage.retry = retry_spec(node["retry"]);
  if (const Node on_error = node["on_error"]) {
    stage.on_error = on_error->is_object()                  ? OnError::Fallback
                     : reader_.text(on_error) == "continue" ? OnError::Continue
                                                            : OnError::Fail;
  }
}

std::vector<ResourceUse> Compiler::resource_uses(const Node& node) {
  std::vector<ResourceUse> uses;
  if (!node) {
    return uses;
  }
  if (!node->is_array()) {
    uses.push_back(resource_use(node));
    return uses;
  }
  for (std::size_t i = 0; i < node->items().size(); ++i) {
    uses.push_back(resource_use(node.item(i)));
  }
  return uses;
}

ResourceUse Compiler::resource_use(const Node& node) {
  ResourceUse use;
  const Node which = node->is_object() ? node["resource"] : node;
  if (!which) {
    return use;
  }
  use.slots = reader_.count(node["slots"], 1);
  use.priority = static_cast<int>(reader_.number(node["priority"], 0));
  const auto index = index_of(scenario_.resources, reader_.text(which), which, "resource");
  if (!index) {
    return use;
  }
  use.resource = *index;
  const Resource& resource = scenario_.resources[*index];
  if (resource.sharing == Sharing::Slots && use.slots > resource.slots) {
    sink_.add(node, "it asks for " + std::to_string(use.slots) + " slots of \"" + resource.name +
                        "\", which has only " + std::to_string(resource.slots));
  }
  return use;
}

}  // namespace rehearse::scenarios
