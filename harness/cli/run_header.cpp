#include "harness/cli/run_header.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/sharing.hpp"
#include "harness/cli/version.hpp"
#include "harness/provider/outcome.hpp"

namespace rehearse::cli {
namespace {

using scenarios::LoadKind;
using scenarios::Stage;
using scenarios::StageKind;

std::string basis_name(scenarios::Basis basis) {
  switch (basis) {
    case scenarios::Basis::Unsaid:
      return "";
    case scenarios::Basis::Measured:
      return "measured";
    case scenarios::Basis::Stated:
      return "stated";
    case scenarios::Basis::Published:
      return "published";
    case scenarios::Basis::Assumed:
      return "assumed";
  }
  return "";
}

std::string stage_detail(const scenarios::Scenario& scenario, const Stage& stage) {
  switch (stage.kind) {
    case StageKind::Call: {
      const scenarios::CallSpec& spec = stage.call.spec;
      std::string text = scenario.providers[spec.provider].name + "." + spec.operation;
      return spec.model.constant.empty() ? text : text + " " + spec.model.constant;
    }
    case StageKind::Local:
      return "local work";
    case StageKind::Wait:
      return "wait";
    case StageKind::Group:
      return "group";
  }
  return "";
}

record::StageRowKind row_kind(StageKind kind) {
  switch (kind) {
    case StageKind::Call:
      return record::StageRowKind::Call;
    case StageKind::Local:
      return record::StageRowKind::Local;
    case StageKind::Wait:
      return record::StageRowKind::Wait;
    case StageKind::Group:
      return record::StageRowKind::Group;
  }
  return record::StageRowKind::Wait;
}

record::StageInfo stage_info(const scenarios::Scenario& scenario, std::size_t index) {
  const Stage& stage = scenario.stages[index];
  record::StageInfo info;
  info.path = stage.path;
  info.name = stage.name;
  info.kind = row_kind(stage.kind);
  info.parent = stage.parent ? stage.parent->value : record::kNoStage;
  info.fanned_out = stage.repeat.has_value();
  info.background = stage.background;
  info.detail = stage_detail(scenario, stage);
  info.note = stage.origin.note;
  info.basis = basis_name(stage.origin.basis);
  info.source = stage.origin.source;
  const StageIndex self{static_cast<std::uint32_t>(index)};
  for (std::size_t task = 0; task < scenario.graphs.size(); ++task) {
    const std::vector<StageIndex>& level =
        stage.parent ? scenario.stages[stage.parent->value].children : scenario.graphs[task].top;
    const auto found = std::find(level.begin(), level.end(), self);
    if (found != level.end()) {
      info.order = static_cast<std::uint32_t>(found - level.begin());
      if (!stage.parent) {
        info.task = static_cast<std::uint32_t>(task);
      }
    }
  }
  return info;
}

std::string kind_name(LoadKind kind) {
  switch (kind) {
    case LoadKind::Batch:
      return "batch";
    case LoadKind::Closed:
      return "closed";
    case LoadKind::Open:
      return "open";
    case LoadKind::Trace:
      return "trace";
  }
  return "";
}

}  // namespace

std::string workload_text(const scenarios::Workload& load) {
  std::string text;
  const std::string jobs = load.jobs
                               ? fmt::format("{} job{}", *load.jobs, *load.jobs == 1 ? "" : "s")
                               : std::string("jobs");
  switch (load.kind) {
    case LoadKind::Batch:
      text = fmt::format("{}, {} at a time", jobs, load.concurrency);
      break;
    case LoadKind::Closed:
      text = fmt::format("{} users", load.users) + (load.jobs ? ", " + jobs : "");
      break;
    case LoadKind::Open:
      text = load.phases.size() == 1 && load.phases[0].rate_from == load.phases[0].rate_to
                 ? fmt::format("{} jobs/s arriving", number_text(load.phases[0].rate_from))
                 : fmt::format("arrivals in {} phases", load.phases.size());
      text += load.jobs ? ", " + jobs : "";
      break;
    case LoadKind::Trace:
      text = load.replay ? fmt::format("the {} trace {}, {} rows",
                                       load::trace_format_name(load.replay->spec.format),
                                       load.replay->spec.label, load.replay->scan.rows)
                         : fmt::format("a trace of {} jobs", load.trace.size());
      if (load.replay && load.replay->scan.disordered > 0) {
        text += fmt::format(" ({} out of order, put in order)", load.replay->scan.disordered);
      }
      break;
  }
  return load.length ? text + ", for " + duration_text(*load.length) : text;
}

record::RunHeader make_header(const scenarios::Scenario& scenario, const HeaderOptions& options) {
  record::RunHeader header;
  header.id = record::run_id_text(mix64(options.unique), mix64(options.unique + 1));
  header.created_unix_ms = options.created_unix_ms;
  header.scenario = scenario.name;
  header.scenario_hash = fmt::format("{:016x}", scenario.hash);
  header.scenario_text = scenario.canonical;
  header.note = scenario.note;
  header.seed = options.seed;
  header.speed = options.speed;
  header.against = options.against;
  header.drive = options.drive;
  header.workload = scenario.workload.name;
  header.workload_kind = kind_name(scenario.workload.kind);
  header.workload_text = workload_text(scenario.workload);
  header.variants = scenario.variants;
  header.parameters = scenario.parameters.is_null() ? json::Value::object() : scenario.parameters;
  header.tasks.clear();
  for (const scenarios::Graph& graph : scenario.graphs) {
    header.tasks.push_back(graph.name);
  }
  for (std::size_t i = 0; i < scenario.stages.size(); ++i) {
    header.stages.push_back(stage_info(scenario, i));
    const record::StageInfo& info = header.stages.back();
    if (info.parent != record::kNoStage && info.parent < i) {
      header.stages.back().task = header.stages[info.parent].task;
    }
  }
  for (const scenarios::Resource& resource : scenario.resources) {
    header.resources.push_back(resource.name);
  }
  for (int i = 0; i <= static_cast<int>(provider::Failure::Malformed); ++i) {
    header.failures.emplace_back(provider::failure_name(static_cast<provider::Failure>(i)));
  }
  for (const scenarios::Objective& objective : scenario.objectives) {
    header.objectives.push_back({.text = objective.text,
                                 .level = objective.level,
                                 .on = objective.on,
                                 .note = objective.origin.note,
                                 .source = objective.origin.source});
  }
  header.gate = scenario.gate;
  header.jobs_per_month = scenario.jobs_per_month;
  header.value_per_job = scenario.value_per_job;
  header.isolated = options.isolated ? *options.isolated : is_isolated(scenario, options.folder);
  header.environment = options.environment ? *options.environment : record::read_environment();
  header.environment.version = version();
  header.environment.commit = commit();
  header.keep = options.keep;
  return header;
}

}  // namespace rehearse::cli
