#include "harness/cli/run_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/interrupt.hpp"

namespace rehearse::cli {
namespace {

constexpr std::uint64_t kFirstLook = 20;  // ended jobs, as for --max-errors

bool only_gets_worse(const record::Objective& objective) {
  const bool under = objective.op == record::Op::Less || objective.op == record::Op::LessEqual;
  return (under &&
          (objective.stat == record::Stat::Max || objective.stat == record::Stat::Total)) ||
         (!under && objective.stat == record::Stat::Min);
}

}  // namespace

Status check_abort_on(const scenarios::Scenario& scenario, const RunSetup& setup) {
  for (const record::Objective& objective : setup.abort_on) {
    std::vector<std::string> known;
    std::string kind;
    switch (objective.scope) {
      case record::Scope::Run:
        continue;
      case record::Scope::Stage:
        kind = "stage";
        for (const scenarios::Stage& stage : scenario.stages) {
          known.push_back(stage.path);
        }
        break;
      case record::Scope::Task:
        kind = "task";
        for (const scenarios::Graph& graph : scenario.graphs) {
          known.push_back(graph.name);
        }
        break;
      case record::Scope::Resource:
        kind = "resource";
        for (const scenarios::Resource& resource : scenario.resources) {
          known.push_back(resource.name);
        }
        break;
    }
    if (std::find(known.begin(), known.end(), objective.name) == known.end()) {
      const std::string near = nearest_name(objective.name, known);
      return Error{"--abort-on", "the scenario has no " + kind + " " +
                                     quoted_excerpt(objective.name) +
                                     (near.empty() ? "" : ", did you mean \"" + near + "\"?")};
    }
  }
  return Done{};
}

std::string missed_objective(const std::vector<record::Objective>& objectives,
                             const record::RunPoint& point) {
  for (const record::Objective& objective : objectives) {
    if (point.tally.jobs.ended() < kFirstLook && !only_gets_worse(objective)) {
      continue;
    }
    const record::Judgement judgement = record::judge(objective, point);
    if (judgement.met == false) {
      return objective.text;
    }
  }
  return "";
}

RunWatch::RunWatch(const Console& console, const scenarios::Scenario& scenario,
                   const RunSetup& setup, record::Recorder& recorder, Instant started)
    : console_(console),
      scenario_(scenario),
      setup_(setup),
      recorder_(recorder),
      started_(started),
      progress_(console, scenario.name, started) {}

engine::Command RunWatch::tick(const engine::Progress& now, Instant wall) {
  recorder_.tick(wall);
  if (interrupted()) {
    return on_interrupt(now, wall);
  }
  if (setup_.progress) {
    progress_.update(now, scenario_.workload.length, wall);
  }
  judge_objectives();
  return aborted() ? engine::Command::StopArrivals : engine::Command::GoOn;
}

// Jobs in flight may end, but nobody waits for an hour: past --drain they are cancelled.
engine::Command RunWatch::on_interrupt(const engine::Progress& now, Instant wall) {
  if (!interrupted_) {
    interrupted_ = wall;
    progress_.clear();
    if (now.in_flight > 0 && !setup_.world.against.is_sim()) {
      console_.say(
          fmt::format("interrupted: no further jobs; {} in flight may take {} to end, Ctrl-C again "
                      "ends at once",
                      now.in_flight, readable_duration(setup_.drain)));
    }
  }
  return wall - *interrupted_ < setup_.drain ? engine::Command::StopArrivals
                                             : engine::Command::StopAll;
}

void RunWatch::judge_objectives() {
  if (!setup_.abort_on.empty() && missed_.empty()) {
    missed_ = missed_objective(setup_.abort_on, recorder_.point());
  }
}

void RunWatch::finish(record::RunEnd& end) {
  progress_.clear();
  end.wall = wall_clock() - started_;
  const bool early = aborted();
  judge_objectives();
  if (aborted()) {
    console_.say("--abort-on: \"" + missed_ + "\" was missed");
  }
  if (early && !interrupted()) {
    end.stop_reason = "\"" + missed_ + "\" was missed";
  }
}

}  // namespace rehearse::cli
