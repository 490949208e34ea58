#include <algorithm>
#include <map>
#include <set>

#include "harness/study/candidate.hpp"
#include "harness/study/stage_change.hpp"

// What runs when: program order that no data asks for, and work that nobody has to wait for.
namespace rehearse::study {
namespace {

using json::Value;
using scenarios::Scenario;
using scenarios::Stage;

std::string name_of(const Scenario& scenario, StageIndex stage) {
  return scenario.stages[stage.value].name;
}

std::vector<std::string> names_of(const Scenario& scenario, const std::vector<StageIndex>& stages) {
  std::vector<std::string> out;
  for (const StageIndex stage : stages) {
    out.push_back(name_of(scenario, stage));
  }
  return out;
}

// The stages that it waits for although it takes no data from them, not even through others.
std::vector<StageIndex> order_only(const Scenario& scenario, StageIndex stage) {
  const std::vector<bool> data = ancestors_of(scenario, stage);
  std::vector<StageIndex> out;
  for (const StageIndex before : scenario.stages[stage.value].before) {
    if (!data[before.value]) {
      out.push_back(before);
    }
  }
  return out;
}

// `after` with nothing in it but what the stage's request quotes.
Value without_order(const Ground& ground, StageIndex index) {
  const Scenario& scenario = ground.scenario;
  const Stage& stage = scenario.stages[index.value];
  Value after = Value::array();
  for (const StageIndex source : data_of(scenario, index)) {
    if (std::find(stage.needs.begin(), stage.needs.end(), source) == stage.needs.end()) {
      after.push(name_of(scenario, source));
    }
  }
  Value keys = Value::object();
  keys.set("after", std::move(after));
  return at_stage(ground, stage, std::move(keys));
}

struct Freed {
  std::string name;
  std::vector<StageIndex> stages;
};

Candidate freed_candidate(const Ground& ground, const Freed& freed) {
  const Scenario& scenario = ground.scenario;
  Candidate out;
  out.name = freed.name;
  out.kind = "order";
  out.change = Value::object();
  std::vector<StageIndex> not_after;
  for (const StageIndex stage : freed.stages) {
    add_patch(out.change, without_order(ground, stage));
    for (const StageIndex before : order_only(scenario, stage)) {
      if (std::find(not_after.begin(), not_after.end(), before) == not_after.end()) {
        not_after.push_back(before);
      }
    }
  }
  const bool one = freed.stages.size() == 1;
  out.what = list_of(names_of(scenario, freed.stages)) +
             (one ? " starts when what it needs is there, not after "
                  : " start when what they need is there, not after ") +
             list_of(names_of(scenario, not_after));
  out.trade_off = "no data is missed; check that nothing else hangs on the order";
  return out;
}

// Stages of a level that take their data from the same ones: they could start together.
std::vector<Freed> siblings(const Scenario& scenario, const std::vector<StageIndex>& freeable) {
  std::map<std::set<std::uint32_t>, std::vector<StageIndex>> by_data;
  for (const StageIndex stage : freeable) {
    std::set<std::uint32_t> data;
    for (const StageIndex source : data_of(scenario, stage)) {
      data.insert(source.value);
    }
    by_data[data].push_back(stage);
  }
  std::vector<Freed> out;
  for (const auto& [data, stages] : by_data) {
    if (stages.size() > 1 && stages.size() < freeable.size()) {
      std::string name = "parallel";
      for (const StageIndex stage : stages) {
        name += "_" + word_of(name_of(scenario, stage));
      }
      out.push_back({name, stages});
    }
  }
  return out;
}

// What goes to the background with a stage: all that takes data from it.
std::vector<bool> followers_of(const Scenario& scenario, const LevelOf& level, StageIndex stage) {
  std::vector<bool> out(scenario.stages.size(), false);
  out[stage.value] = true;
  for (std::size_t round = 0; round < level.stages.size(); ++round) {
    for (const StageIndex other : level.stages) {
      for (const StageIndex source : data_of(scenario, other)) {
        out[other.value] = out[other.value] || out[source.value];
      }
    }
  }
  return out;
}

// The stages that stand in the way of `stage` where those in `gone` do not: before it, or before
// what is gone.
void waits_for(const Scenario& scenario, const std::vector<bool>& gone, StageIndex stage,
               std::set<std::uint32_t>& out) {
  for (const StageIndex before : scenario.stages[stage.value].before) {
    if (gone[before.value]) {
      waits_for(scenario, gone, before, out);
    } else {
      out.insert(before.value);
    }
  }
}

// Foreground stages whose own `after` names a stage that is gone wait for what that one waited for.
void rewrite_order(const Ground& ground, const LevelOf& level, const std::vector<bool>& gone,
                   Value& change) {
  const Scenario& scenario = ground.scenario;
  for (const StageIndex index : level.stages) {
    const Stage& stage = scenario.stages[index.value];
    const Value& text = stage_text(ground.file.json(), scenario.workload.name, stage.path);
    const Value* const own = text.find("after");
    const bool follows = std::any_of(stage.before.begin(), stage.before.end(),
                                     [&](StageIndex before) { return gone[before.value]; });
    if (gone[index.value] || own == nullptr || own->is_null() || !follows) {
      continue;
    }
    std::set<std::uint32_t> before;
    waits_for(scenario, gone, index, before);
    Value after = Value::array();
    for (const std::uint32_t each : before) {
      const auto& needs = stage.needs;
      if (std::find(needs.begin(), needs.end(), StageIndex{each}) == needs.end()) {
        after.push(name_of(scenario, {each}));
      }
    }
    Value keys = Value::object();
    keys.set("after", std::move(after));
    add_patch(change, at_stage(ground, stage, std::move(keys)));
  }
}

// Whether a stage writes something down somewhere: an upload, an insert, a post.
bool writes(const Scenario& scenario, const Stage& stage) {
  if (stage.kind == scenarios::StageKind::Group) {
    return std::any_of(stage.children.begin(), stage.children.end(), [&](StageIndex child) {
      return writes(scenario, scenario.stages[child.value]);
    });
  }
  return stage.kind == scenarios::StageKind::Call && is_write(stage.call.spec.operation);
}

// Whether the job still has a result when it is answered: what ends in another stage that stays, or
// all but a write of it at the very end.
bool keeps_a_result(const Scenario& scenario, const LevelOf& level, const std::vector<bool>& gone,
                    StageIndex moved) {
  std::vector<bool> used(scenario.stages.size(), false);
  std::size_t gone_here = 0;
  for (const StageIndex stage : level.stages) {
    gone_here += gone[stage.value] ? 1U : 0U;
    for (const StageIndex source : data_of(scenario, stage)) {
      used[source.value] = true;
    }
  }
  const bool another_end =
      std::any_of(level.stages.begin(), level.stages.end(), [&](StageIndex stage) {
        return !gone[stage.value] && !used[stage.value] && !scenario.stages[stage.value].background;
      });
  const bool write = gone_here == 1 && writes(scenario, scenario.stages[moved.value]);
  return gone_here < level.stages.size() && (another_end || write);
}

// A fan-out at this width (0: all).
Candidate fan_out_candidate(const Ground& ground, const Stage& stage, std::uint32_t width) {
  Candidate one;
  const std::string text = width == 0 ? "all" : std::to_string(width);
  one.name = word_of(stage.path) + "_" + text + (width == 0 ? "_at_once" : "_at_a_time");
  one.kind = "fan_out";
  one.slot = "parallel of " + stage.path;
  one.harm = width == 0 ? 1e9 : width;
  Value keys = Value::object();
  keys.set("parallel", width == 0 ? Value("all") : Value(std::int64_t{width}));
  one.change = at_stage(ground, stage, std::move(keys));
  one.what = "the items of " + stage.path + ": " + text + " at once, not " +
             (stage.parallel == 0 ? "all" : std::to_string(stage.parallel));
  const bool wider = stage.parallel != 0 && (width == 0 || width > stage.parallel);
  one.trade_off = wider ? "no item may need another's result" : "none";
  if (wider && stage.kind == scenarios::StageKind::Call) {
    const std::uint32_t provider = stage.call.spec.provider;
    const latency::CapacitySpec& capacity = ground.profiles[provider]->capacity;
    if (capacity.slots == 0 && capacity.speed_up.empty()) {
      one.trade_off += "; the profile of " + ground.scenario.providers[provider].name +
                       " knows no slowing down under many calls";
    }
  } else if (wider && stage.uses.empty()) {
    one.trade_off += "; the scenario names no resource that its items share";
  }
  return one;
}

}  // namespace

void propose_order(const Ground& ground, std::vector<Candidate>& out) {
  const Scenario& scenario = ground.scenario;
  std::vector<StageIndex> everywhere;
  std::size_t levels = 0;
  for (const LevelOf& level : levels_of(scenario)) {
    std::vector<StageIndex> freeable;
    for (const StageIndex stage : level.stages) {
      if (!order_only(scenario, stage).empty()) {
        freeable.push_back(stage);
        const std::string name = "parallel_" + word_of(scenario.stages[stage.value].path);
        out.push_back(freed_candidate(ground, {name, {stage}}));
      }
    }
    for (const Freed& together : siblings(scenario, freeable)) {
      out.push_back(freed_candidate(ground, together));
    }
    if (freeable.size() > 1) {
      const std::string where = level.name.empty() ? "" : "_in_" + word_of(level.name);
      out.push_back(freed_candidate(ground, {"as_data_allows" + where, freeable}));
    }
    levels += freeable.empty() ? 0U : 1U;
    everywhere.insert(everywhere.end(), freeable.begin(), freeable.end());
  }
  if (levels > 1) {
    out.push_back(freed_candidate(ground, {"as_data_allows_everywhere", everywhere}));
  }
}

void propose_background(const Ground& ground, std::vector<Candidate>& out) {
  const Scenario& scenario = ground.scenario;
  for (const LevelOf& level : levels_of(scenario)) {
    for (const StageIndex index : level.stages) {
      const Stage& stage = scenario.stages[index.value];
      if (stage.parent || stage.background || stage.skip) {
        continue;
      }
      const std::vector<bool> gone = followers_of(scenario, level, index);
      std::vector<StageIndex> moved;
      bool shows_first = false;
      for (const StageIndex other : level.stages) {
        if (gone[other.value]) {
          moved.push_back(other);
          shows_first = shows_first ||
                        scenario.stages[other.value].first_result != scenarios::FirstResult::None;
        }
      }
      if (shows_first || !keeps_a_result(scenario, level, gone, index)) {
        continue;
      }
      Candidate one;
      one.name = "background_" + word_of(stage.path);
      one.kind = "background";
      one.quality = record::Quality::Deferred;
      Value keys = Value::object();
      keys.set("background", true);
      one.change = at_stage(ground, stage, std::move(keys));
      rewrite_order(ground, level, gone, one.change);
      const std::string all = list_of(names_of(scenario, moved));
      one.what = "the job is answered without " + all + ", done behind it";
      one.trade_off = "the answer comes before " + all + ": say so, and notice what fails then";
      out.push_back(std::move(one));
    }
  }
}

void propose_fan_out(const Ground& ground, std::vector<Candidate>& out) {
  constexpr std::uint32_t kWidths[] = {2, 4, 8, 16, 0};  // 0: all
  for (const Stage& stage : ground.scenario.stages) {
    if (!stage.repeat || stage.skip) {
      continue;
    }
    const double items = stage.repeat->is_constant() ? stage.repeat->value(0.5, {}) : 1e9;
    for (const std::uint32_t width : kWidths) {
      const bool wider = stage.parallel != 0 && (width == 0 || width > stage.parallel);
      const bool narrower = width != 0 && (stage.parallel == 0 || width < stage.parallel);
      if ((wider || narrower) && width < items) {
        out.push_back(fan_out_candidate(ground, stage, width));
      }
    }
  }
}

}  // namespace rehearse::study
