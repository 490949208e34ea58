#include "harness/engine/plan.hpp"

#include <algorithm>

#include "harness/json/write.hpp"

namespace rehearse::engine {
namespace {

// A stage that only runs in another's stead is no part of the level's order.
bool is_fallback(const scenarios::Scenario& scenario, StageIndex stage) {
  return std::any_of(scenario.stages.begin(), scenario.stages.end(),
                     [&](const scenarios::Stage& other) { return other.fallback == stage; });
}

// Fills in `sequence` where only one order is possible: whatever ends makes exactly one stage
// ready.
void find_sequence(Level& level) {
  if (level.any_background || level.roots.size() != 1) {
    return;
  }
  std::vector<std::uint32_t> waiting = level.predecessors;
  std::vector<std::uint32_t> ready = level.roots;
  while (ready.size() == 1) {
    const std::uint32_t place = ready.front();
    ready.clear();
    level.sequence.push_back(level.stages[place]);
    for (const std::uint32_t next : level.successors[place]) {
      if (--waiting[next] == 0) {
        ready.push_back(next);
      }
    }
  }
  level.sequential = level.sequence.size() == level.stages.size();
}

Level make_level(const scenarios::Scenario& scenario, std::vector<StageIndex> members) {
  // Stages are numbered by name: a stage's place in the file must not decide who queues first.
  std::sort(members.begin(), members.end());
  Level level;
  std::vector<std::uint32_t> place_of(scenario.stages.size(), UINT32_MAX);
  for (const StageIndex member : members) {
    if (!is_fallback(scenario, member)) {
      place_of[member.value] = static_cast<std::uint32_t>(level.stages.size());
      level.stages.push_back(member.value);
    }
  }
  const std::size_t count = level.stages.size();
  level.predecessors.resize(count);
  level.successors.resize(count);
  level.background.resize(count);
  for (std::uint32_t place = 0; place < count; ++place) {
    for (const StageIndex before : scenario.stages[level.stages[place]].before) {
      const std::uint32_t other = place_of[before.value];
      if (other != UINT32_MAX) {
        level.successors[other].push_back(place);
        ++level.predecessors[place];
      }
    }
    if (level.predecessors[place] == 0) {
      level.roots.push_back(place);
    }
  }
  // Background spreads along the order; the loader has refused cycles, so `count` rounds suffice.
  for (std::size_t round = 0; round < count; ++round) {
    for (std::uint32_t place = 0; place < count; ++place) {
      if (scenario.stages[level.stages[place]].background) {
        level.background[place] = true;
      }
      for (const std::uint32_t next : level.successors[place]) {
        level.background[next] = level.background[next] || level.background[place];
      }
    }
  }
  level.any_background =
      std::find(level.background.begin(), level.background.end(), true) != level.background.end();
  find_sequence(level);
  return level;
}

Plain plain_part(const scenarios::Stage& stage, std::size_t index, const Plan& plan) {
  bool item = !stage.cache && !stage.breaker && stage.holds.empty() && plan.uses[index].empty();
  if (stage.kind == scenarios::StageKind::Call) {
    const bool pooled = stage.connection && stage.connection->pool;
    item = item && !pooled && !stage.link && !stage.hedge && plan.keep_text[index] == 0 &&
           plan.fills_request[index] == 0;
  }
  const bool whole = item && !stage.repeat && !stage.fallback;
  if (stage.kind == scenarios::StageKind::Group) {
    return whole ? Plain::Stage : Plain::No;
  }
  return whole ? Plain::Stage : item ? Plain::Item : Plain::No;
}

}  // namespace

Plan::Plan(const scenarios::Scenario& scenario) : groups(scenario.stages.size()) {
  for (const scenarios::Graph& graph : scenario.graphs) {
    graphs.push_back(make_level(scenario, graph.top));
    has_background = has_background || graphs.back().any_background;
  }
  for (std::size_t i = 0; i < scenario.stages.size(); ++i) {
    if (scenario.stages[i].kind == scenarios::StageKind::Group) {
      groups[i] = make_level(scenario, scenario.stages[i].children);
    }
  }
  plan_requests(scenario);
  for (std::size_t i = 0; i < scenario.stages.size(); ++i) {
    const scenarios::Stage& stage = scenario.stages[i];
    const bool calling = stage.kind == scenarios::StageKind::Call;
    uses.push_back(stage.uses);
    if (calling && scenario.providers[stage.call.spec.provider].runs_on) {
      const std::uint32_t machine = *scenario.providers[stage.call.spec.provider].runs_on;
      uses.back().push_back({.resource = machine, .slots = 1, .priority = 0});
    }
    plain.push_back(plain_part(stage, i, *this));
    calls.push_back(calling ? plan_call(stage.call.spec) : CallPlan());
    base_calls.push_back(calling && stage.call.base ? plan_call(*stage.call.base) : CallPlan());
  }
}

void Plan::plan_requests(const scenarios::Scenario& scenario) {
  for (const scenarios::Stage& stage : scenario.stages) {
    requests.push_back(stage.request.is_null() ? "" : json::dump(stage.request));
    fills_request.push_back(requests.back().find("${") != std::string::npos ? 1 : 0);
  }
  for (const scenarios::Stage& stage : scenario.stages) {
    const std::string quoted = "stages." + stage.name + ".text";
    const bool kept = std::any_of(
        requests.begin(), requests.end(),
        [&](const std::string& request) { return request.find(quoted) != std::string::npos; });
    keep_text.push_back(kept ? 1 : 0);
  }
}

}  // namespace rehearse::engine
