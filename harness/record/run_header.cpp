#include "harness/record/run_header.hpp"

#include <array>
#include <cstdio>

#include "harness/record/header_fields.hpp"

namespace rehearse::record {
namespace {

constexpr std::array<std::string_view, 4> kStageKinds{"call", "local", "wait", "group"};

// Seeds take all 64 bits, JSON integers here only 63: they travel as text.
std::string seed_text(std::uint64_t seed) { return std::to_string(seed); }

json::Value encode_stage(const StageInfo& stage) {
  json::Value out = json::Value::object();
  out.set("path", stage.path);
  out.set("name", stage.name);
  out.set("kind", stage_row_kind_name(stage.kind));
  if (stage.parent != kNoStage) {
    out.set("parent", static_cast<std::int64_t>(stage.parent));
  }
  out.set("order", static_cast<std::int64_t>(stage.order));
  out.set("task", static_cast<std::int64_t>(stage.task));
  out.set("fanned_out", stage.fanned_out);
  out.set("background", stage.background);
  out.set("detail", stage.detail);
  out.set("note", stage.note);
  out.set("basis", stage.basis);
  out.set("source", stage.source);
  return out;
}

StageInfo decode_stage(const json::Value& value, const std::string& where, Errors& errors) {
  StageInfo stage;
  FieldReader read(value, where, errors);
  std::string kind = "call";
  read.text("path", stage.path);
  read.text("name", stage.name);
  read.text("kind", kind);
  read.index("parent", stage.parent);
  read.index("order", stage.order);
  read.index("task", stage.task);
  read.flag("fanned_out", stage.fanned_out);
  read.flag("background", stage.background);
  read.text("detail", stage.detail);
  read.text("note", stage.note);
  read.text("basis", stage.basis);
  read.text("source", stage.source);
  bool known = false;
  for (std::size_t i = 0; i < kStageKinds.size(); ++i) {
    if (kind == kStageKinds[i]) {
      stage.kind = static_cast<StageRowKind>(i);
      known = true;
    }
  }
  if (!known) {
    read.wrong("kind", "call, local, wait or group");
  }
  return stage;
}

json::Value encode_objective(const ObjectiveInfo& objective) {
  json::Value out = json::Value::object();
  out.set("text", objective.text);
  out.set("level", objective.level);
  out.set("on", objective.on);
  out.set("note", objective.note);
  out.set("source", objective.source);
  return out;
}

ObjectiveInfo decode_objective(const json::Value& value, const std::string& where, Errors& errors) {
  ObjectiveInfo objective;
  FieldReader read(value, where, errors);
  read.text("text", objective.text);
  read.text("level", objective.level);
  read.text("on", objective.on);
  read.text("note", objective.note);
  read.text("source", objective.source);
  return objective;
}

json::Value encode_environment(const Environment& environment) {
  json::Value out = json::Value::object();
  out.set("machine", environment.machine);
  out.set("cpu", environment.cpu);
  out.set("cores", static_cast<std::int64_t>(environment.cores));
  out.set("kernel", environment.kernel);
  out.set("os", environment.os);
  out.set("compiler", environment.compiler);
  out.set("version", environment.version);
  out.set("commit", environment.commit);
  return out;
}

Environment decode_environment(const json::Value& value, Errors& errors) {
  Environment environment;
  FieldReader read(value, "/environment", errors);
  read.text("machine", environment.machine);
  read.text("cpu", environment.cpu);
  read.index("cores", environment.cores);
  read.text("kernel", environment.kernel);
  read.text("os", environment.os);
  read.text("compiler", environment.compiler);
  read.text("version", environment.version);
  read.text("commit", environment.commit);
  return environment;
}

json::Value encode_keep(const KeepRule& keep) {
  json::Value out = json::Value::object();
  out.set("job_rows", static_cast<std::int64_t>(keep.job_rows));
  out.set("first_traces", static_cast<std::int64_t>(keep.first_traces));
  out.set("sampled_traces", static_cast<std::int64_t>(keep.sampled_traces));
  out.set("failed_traces", static_cast<std::int64_t>(keep.failed_traces));
  return out;
}

KeepRule decode_keep(const json::Value& value, Errors& errors) {
  KeepRule keep;
  FieldReader read(value, "/keep", errors);
  read.count("job_rows", keep.job_rows);
  read.count("first_traces", keep.first_traces);
  read.count("sampled_traces", keep.sampled_traces);
  read.count("failed_traces", keep.failed_traces);
  return keep;
}

// Groups come before their members, and every index names something: what readers rely on.
void check_indices(const RunHeader& header, Errors& errors) {
  for (std::size_t i = 0; i < header.stages.size(); ++i) {
    const StageInfo& stage = header.stages[i];
    const std::string where = "/stages/" + std::to_string(i);
    if (stage.parent != kNoStage && stage.parent >= i) {
      errors.push_back({where + "/parent", "expected a group that stands before it"});
    }
    if (stage.task >= header.tasks.size()) {
      errors.push_back({where + "/task", "expected the number of a task"});
    }
  }
}

void decode_texts(FieldReader& read, RunHeader& header) {
  read.text("id", header.id);
  read.integer("created_unix_ms", header.created_unix_ms);
  read.text("point", header.point);
  read.text("entry", header.entry);
  read.text("label", header.label);
  read.text("branch", header.branch);
  read.text("reason", header.reason);
  read.text("scenario", header.scenario);
  read.text("scenario_hash", header.scenario_hash);
  read.text("scenario_text", header.scenario_text);
  read.text("note", header.note);
  read.number("speed", header.speed);
  read.text("against", header.against);
  read.text("drive", header.drive);
  read.text("workload", header.workload);
  read.text("workload_kind", header.workload_kind);
  read.text("workload_text", header.workload_text);
  read.texts("variants", header.variants);
  read.texts("tasks", header.tasks);
  read.texts("resources", header.resources);
  read.texts("failures", header.failures);
  read.texts("gate", header.gate);
  read.flag("isolated", header.isolated);
  std::string seed = "1";
  read.text("seed", seed);
  header.seed = std::strtoull(seed.c_str(), nullptr, 10);
}

void decode_amounts(FieldReader& read, RunHeader& header) {
  std::int64_t value_per_job = 0;
  read.integer("value_per_job_nano_usd", value_per_job);
  header.value_per_job = Money::nano_usd(value_per_job);
  if (read.find("jobs_per_month") != nullptr) {
    read.number("jobs_per_month", header.jobs_per_month.emplace());
  }
  std::int64_t amount = 0;
  if (read.find("good_response_ns") != nullptr) {
    read.integer("good_response_ns", amount);
    header.good_response = Duration::nanoseconds(amount);
  }
  if (read.find("good_cost_nano_usd") != nullptr) {
    read.integer("good_cost_nano_usd", amount);
    header.good_cost = Money::nano_usd(amount);
  }
}

}  // namespace

std::string_view stage_row_kind_name(StageRowKind kind) {
  return kStageKinds[static_cast<std::size_t>(kind) % kStageKinds.size()];
}

std::string failure_label(const RunHeader& header, std::uint8_t failure) {
  if (failure < header.failures.size()) {
    return header.failures[failure];
  }
  return "failure " + std::to_string(failure);
}

std::string run_id_text(std::uint64_t high, std::uint64_t low) {
  std::array<char, 33> out{};
  std::snprintf(out.data(), out.size(), "%016llx%016llx", static_cast<unsigned long long>(high),
                static_cast<unsigned long long>(low));
  return out.data();
}

json::Value encode_header(const RunHeader& header) {
  json::Value out = json::Value::object();
  out.set("id", header.id);
  out.set("created_unix_ms", header.created_unix_ms);
  out.set("point", header.point);
  out.set("axes", header.axes);
  out.set("entry", header.entry);
  out.set("label", header.label);
  out.set("branch", header.branch);
  out.set("reason", header.reason);
  out.set("scenario", header.scenario);
  out.set("scenario_hash", header.scenario_hash);
  out.set("scenario_text", header.scenario_text);
  out.set("note", header.note);
  out.set("seed", seed_text(header.seed));
  out.set("speed", header.speed);
  out.set("against", header.against);
  out.set("drive", header.drive);
  out.set("workload", header.workload);
  out.set("workload_kind", header.workload_kind);
  out.set("workload_text", header.workload_text);
  out.set("variants", texts_to_json(header.variants));
  out.set("parameters", header.parameters);
  out.set("tasks", texts_to_json(header.tasks));
  out.set("resources", texts_to_json(header.resources));
  out.set("failures", texts_to_json(header.failures));
  out.set("gate", texts_to_json(header.gate));
  out.set("isolated", header.isolated);
  json::Value& stages = out.set("stages", json::Value::array());
  for (const StageInfo& stage : header.stages) {
    stages.push(encode_stage(stage));
  }
  json::Value& objectives = out.set("objectives", json::Value::array());
  for (const ObjectiveInfo& objective : header.objectives) {
    objectives.push(encode_objective(objective));
  }
  out.set("value_per_job_nano_usd", header.value_per_job.count_nano_usd());
  if (header.jobs_per_month) {
    out.set("jobs_per_month", *header.jobs_per_month);
  }
  if (header.good_response) {
    out.set("good_response_ns", header.good_response->count_ns());
  }
  if (header.good_cost) {
    out.set("good_cost_nano_usd", header.good_cost->count_nano_usd());
  }
  out.set("environment", encode_environment(header.environment));
  out.set("keep", encode_keep(header.keep));
  return out;
}

Result<RunHeader> decode_header(const json::Value& value) {
  Errors errors;
  RunHeader header;
  FieldReader read(value, "", errors);
  decode_texts(read, header);
  decode_amounts(read, header);
  if (const json::Value* axes = read.find("axes")) {
    header.axes = *axes;
  }
  if (const json::Value* parameters = read.find("parameters")) {
    header.parameters = *parameters;
  }
  for (const json::Value& stage : read.list("stages")) {
    const std::string where = "/stages/" + std::to_string(header.stages.size());
    header.stages.push_back(decode_stage(stage, where, errors));
  }
  for (const json::Value& objective : read.list("objectives")) {
    const std::string where = "/objectives/" + std::to_string(header.objectives.size());
    header.objectives.push_back(decode_objective(objective, where, errors));
  }
  if (const json::Value* environment = read.find("environment")) {
    header.environment = decode_environment(*environment, errors);
  }
  if (const json::Value* keep = read.find("keep")) {
    header.keep = decode_keep(*keep, errors);
  }
  check_indices(header, errors);
  if (!errors.empty()) {
    return errors;
  }
  return header;
}

}  // namespace rehearse::record
