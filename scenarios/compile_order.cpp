#include <algorithm>
#include <set>

#include "harness/base/text.hpp"
#include "scenarios/compile.hpp"

// What starts after what: `needs`, `after` and `order` of one level become Stage::before.
namespace rehearse::scenarios {
namespace {

void add_once(std::vector<StageIndex>& list, StageIndex index) {
  if (std::find(list.begin(), list.end(), index) == list.end()) {
    list.push_back(index);
  }
}

// The path of the first stage of that name anywhere below; empty where there is none.
std::string path_of(const Node& stages, const std::string& name, const std::string& prefix) {
  for (const std::string& key : keys_of(stages)) {
    if (key == name) {
      return prefix + key;
    }
    const Node inner = stages[key]["stages"];
    const std::string found = inner ? path_of(inner, name, prefix + key + "/") : "";
    if (!found.empty()) {
      return found;
    }
  }
  return "";
}

}  // namespace

std::string Compiler::unknown_stage(const Level& level, const std::string& name) {
  const std::string what = "unknown stage " + quoted_excerpt(name);
  const std::string near = suggestion(name, level.names);
  if (!near.empty()) {
    return what + near;
  }
  const std::string inner = path_of(level.stages, name, "");
  if (!inner.empty()) {
    return what + " here: it stands inside a group (" + inner + "); name the group";
  }
  if (level.parent && !path_of(root_["stages"], name, "").empty()) {
    return what + " here: it stands outside this group; put it into the `needs` of the group";
  }
  return what;
}

std::vector<StageIndex> Compiler::named(const Level& level, const Node& names, const Node& stage) {
  std::vector<StageIndex> found;
  if (!names || !names->is_array()) {
    return found;
  }
  for (std::size_t i = 0; i < names->items().size(); ++i) {
    const std::string name = reader_.text(names.item(i));
    if (name.empty()) {
      continue;  // no name at all: the check has said so
    }
    const auto place = level.places.find(name);
    if (place == level.places.end()) {
      sink_.add(names.item(i), unknown_stage(level, name));
    } else if (stage && level.stages[name].value == stage.value) {
      sink_.add(names.item(i),
                "cycle: " + name + " -> " + name + " (a stage cannot wait for itself)");
    } else {
      add_once(found, place->second);
    }
  }
  return found;
}

void Compiler::connect(Level& level) {
  std::set<std::uint32_t> fallbacks;
  for (const std::string& name : level.names) {
    const Node node = level.stages[name];
    const StageIndex index = level.places[name];
    Stage& stage = scenario_.stages[index.value];
    stage.needs = named(level, node["needs"], node);
    stage.before = stage.needs;
    for (const StageIndex earlier : named(level, node["after"], node)) {
      add_once(stage.before, earlier);
    }
    const Node on_error = node["on_error"];
    const Node fallback = on_error && on_error->is_object() ? on_error["fallback"] : Node{};
    if (fallback) {
      const auto place = level.places.find(reader_.text(fallback));
      if (place == level.places.end()) {
        sink_.add(fallback, unknown_stage(level, reader_.text(fallback)));
      } else if (place->second == index) {
        sink_.add(fallback, "a stage cannot be its own fallback");
      } else {
        stage.fallback = place->second;
        fallbacks.insert(place->second.value);
      }
    }
  }
  for (const std::string& name : level.names) {
    const Stage& stage = scenario_.stages[level.places[name].value];
    for (const StageIndex earlier : stage.before) {
      if (fallbacks.contains(earlier.value)) {
        sink_.add(level.stages[name],
                  "\"" + scenario_.stages[earlier.value].name +
                      "\" is a fallback: wait for the stage that it stands in for");
      }
    }
  }
  const Node order = level.order;
  if (order && order->is_array()) {
    named(level, order, {});
    chain(level, reader_.texts(order));
  } else if (level.sequential) {
    chain(level, level.names);
  }
  spread_background(level);
  find_cycles(level);
}

// A stage without an `after` of its own starts after the last foreground stage before it. Fallback
// stages start where they are needed, not here.
void Compiler::chain(const Level& level, const std::vector<std::string>& order) {
  spread_background(level);
  std::set<std::uint32_t> fallbacks;
  for (const auto& [name, index] : level.places) {
    if (const auto fallback = scenario_.stages[index.value].fallback) {
      fallbacks.insert(fallback->value);
    }
  }
  std::optional<StageIndex> previous;
  for (const std::string& name : order) {
    const auto place = level.places.find(name);
    if (place == level.places.end() || fallbacks.contains(place->second.value)) {
      continue;
    }
    Stage& stage = scenario_.stages[place->second.value];
    if (previous && !level.stages[name]["after"] && *previous != place->second) {
      add_once(stage.before, *previous);
    }
    if (!stage.background) {
      previous = place->second;
    }
  }
}

// What follows a background stage is background too.
void Compiler::spread_background(const Level& level) {
  std::map<std::uint32_t, std::vector<StageIndex>> followers;
  std::vector<StageIndex> open;
  for (const auto& [name, index] : level.places) {
    const Stage& stage = scenario_.stages[index.value];
    for (const StageIndex earlier : stage.before) {
      followers[earlier.value].push_back(index);
    }
    if (stage.background) {
      open.push_back(index);
    }
  }
  while (!open.empty()) {
    const StageIndex index = open.back();
    open.pop_back();
    for (const StageIndex follower : followers[index.value]) {
      if (!scenario_.stages[follower.value].background) {
        scenario_.stages[follower.value].background = true;
        open.push_back(follower);
      }
    }
  }
}

// Names each cycle once, by its path: every stage of it waits for the next.
void Compiler::find_cycles(const Level& level) {
  enum class Mark { New, Open, Done };
  std::map<std::uint32_t, Mark> marks;
  for (const std::string& start : level.names) {
    std::vector<std::pair<StageIndex, std::size_t>> way;  // stage, next of its predecessors
    const StageIndex first = level.places.at(start);
    if (marks[first.value] == Mark::New) {
      marks[first.value] = Mark::Open;
      way.emplace_back(first, 0);
    }
    while (!way.empty()) {
      auto& [index, next] = way.back();
      std::vector<StageIndex> edges = scenario_.stages[index.value].before;
      if (const auto fallback = scenario_.stages[index.value].fallback) {
        edges.push_back(*fallback);
      }
      if (next == edges.size()) {
        marks[index.value] = Mark::Done;
        way.pop_back();
        continue;
      }
      const StageIndex to = edges[next++];
      if (marks[to.value] == Mark::New) {
        marks[to.value] = Mark::Open;
        way.emplace_back(to, 0);
        continue;
      }
      if (marks[to.value] == Mark::Done) {
        continue;
      }
      std::string path;
      bool inside = false;
      for (const auto& [stage, unused] : way) {
        inside = inside || stage == to;
        if (inside) {
          path += scenario_.stages[stage.value].name + " -> ";
        }
      }
      sink_.add(level.stages[scenario_.stages[to.value].name],
                "cycle: " + path + scenario_.stages[to.value].name + " (each waits for the next)");
    }
  }
}

}  // namespace rehearse::scenarios
