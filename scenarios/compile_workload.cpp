#include <algorithm>

#include "harness/base/text.hpp"
#include "scenarios/compile.hpp"

namespace rehearse::scenarios {

Workload Compiler::compile_workload(const std::string& name, const Node& node) {
  Workload workload;
  workload.name = name;
  workload.origin = reader_.origin(node);
  if (node["jobs"]) {
    workload.jobs = reader_.integer(node["jobs"], 1);
  }
  workload.length = reader_.duration(node["for"]);
  if (workload.length && *workload.length == Duration::zero()) {
    sink_.add(node["for"], "expected a duration above 0");
  }
  compile_kind(workload, node);
  workload.process = reader_.text(node["process"]) == "per_job" ? Process::PerJob : Process::Shared;
  workload.patience = reader_.optional_amount(node["patience"], Unit::Seconds, workload.origin);
  workload.holds = resource_uses(node["holds"]);
  workload.warmup_jobs = reader_.integer(node["warmup_jobs"], 0);
  compile_tasks(workload, node);
  return workload;
}

void Compiler::compile_kind(Workload& workload, const Node& node) {
  const auto endless = [&](std::string_view kind) {
    if (!workload.jobs && !workload.length) {
      sink_.add(node,
                "expected \"for\" or \"jobs\": " + std::string(kind) + " has no end of its own");
    }
  };
  if (node["users"]) {
    workload.kind = LoadKind::Closed;
    workload.users = reader_.count(node["users"], 1);
    workload.think = reader_.amount(node["think"], Unit::Seconds, workload.origin);
    endless("a closed loop");
  } else if (node["rate"] || node["phases"]) {
    compile_open(workload, node);
    if (node["rate"]) {
      endless("an open loop");
    }
  } else if (node["trace"]) {
    compile_trace(workload, node);
  } else {
    workload.concurrency = reader_.count(node["concurrency"], 1);
    if (!workload.jobs && !workload.length) {
      workload.jobs = 1;
    }
  }
}

void Compiler::compile_open(Workload& workload, const Node& node) {
  workload.kind = LoadKind::Open;
  const Node arrivals = node["arrivals"];
  if (arrivals && arrivals->is_object()) {
    workload.arrivals = Arrivals::Gamma;
    workload.arrivals_cv = reader_.number(arrivals["gamma"], 1);
  } else {
    workload.arrivals =
        reader_.text(arrivals) == "constant" ? Arrivals::Constant : Arrivals::Poisson;
  }
  if (const Node rate = node["rate"]) {
    const double per_s = reader_.quantity(rate, Unit::Rate, 1);
    if (per_s <= 0) {
      sink_.add(rate, "expected a rate above 0");
    }
    workload.phases.push_back({per_s, per_s, workload.length.value_or(kLongestDuration)});
    return;
  }
  const Node phases = node["phases"];
  Duration total;
  for (std::size_t i = 0; phases->is_array() && i < phases->items().size(); ++i) {
    const Node item = phases.item(i);
    const Node rate = item["rate"];
    Phase phase;
    phase.length = reader_.duration(item["for"]).value_or(Duration());
    const bool moves = rate && rate->is_array() && rate->items().size() == 2;
    phase.rate_from = moves ? reader_.quantity(rate.item(0), Unit::Rate, 0)
                            : reader_.quantity(rate, Unit::Rate, 0);
    phase.rate_to = moves ? reader_.quantity(rate.item(1), Unit::Rate, 0) : phase.rate_from;
    if (phase.length == Duration::zero()) {
      sink_.add(item["for"], "expected a duration above 0");
    }
    total += phase.length;
    workload.phases.push_back(phase);
  }
  if (!workload.length && !workload.jobs) {
    workload.length = total;
  }
}

void Compiler::compile_tasks(Workload& workload, const Node& node) {
  std::vector<std::string> names = keys_of(node["tasks"]);
  std::sort(names.begin(), names.end());  // the draw of a task must not depend on the file's order
  double total = 0;
  for (const std::string& name : names) {
    const Node task = node["tasks"][name];
    TaskShare share{name, 0, reader_.number(task["weight"], 1)};
    total += share.weight;
    if (task["stages"]) {
      Level level;
      level.stages = task["stages"];
      level.order = task["order"];
      const Node order = root_["order"];
      level.sequential = order && (order->is_array() || reader_.text(order) == "sequential");
      level.prefix = name + ":";
      level.origin = reader_.origin(task);
      share.graph = static_cast<std::uint32_t>(scenario_.graphs.size());
      scenario_.graphs.push_back({name, {}});
      std::vector<StageIndex> top = compile_level(std::move(level));
      scenario_.graphs[share.graph].top = std::move(top);
    }
    workload.tasks.push_back(std::move(share));
  }
  if (names.empty()) {
    workload.tasks.push_back({"main", 0, 1});
  } else if (!(total > 0)) {
    sink_.add(node["tasks"], "expected at least one weight above 0");
  }
}

}  // namespace rehearse::scenarios
