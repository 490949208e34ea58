#include "reports/json.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "harness/base/check.hpp"

namespace rehearse::reports {
namespace {

using json::Value;
using record::RunSummary;
using record::Spread;

}  // namespace

Value tidy(double value) {
  if (!std::isfinite(value)) {
    return Value();
  }
  char out[40];
  std::snprintf(out, sizeof out, "%.12g", value);
  return Value(std::strtod(out, nullptr));
}
Value tidy(const std::optional<double>& value) { return value ? tidy(*value) : Value(); }

Value finite_json(double value) { return std::isfinite(value) ? Value(value) : Value(); }

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value interval_json(double low, double high) {
  Value out = Value::array();
  out.push(tidy(low));
  out.push(tidy(high));
  return out;
}

Value texts_json(const std::vector<std::string>& texts) {
  Value out = Value::array();
  for (const std::string& text : texts) {
    out.push(text);
  }
  return out;
}

namespace {

Value whole(std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); }
Value whole(std::int64_t n) { return Value(n); }

Value spread_json(const Spread& spread) {
  Value out = Value::object();
  const bool any = spread.count > 0;
  out.set("count", whole(spread.count));
  out.set("mean", any ? tidy(spread.mean) : Value());
  out.set("p50", tidy(spread.p50));
  out.set("p90", tidy(spread.p90));
  out.set("p95", tidy(spread.p95));
  out.set("p99", tidy(spread.p99));
  out.set("min", any ? tidy(spread.min) : Value());
  out.set("max", any ? tidy(spread.max) : Value());
  return out;
}

Value money_json(const Spread& spread) {
  Value out = Value::object();
  out.set("mean", spread.count > 0 ? tidy(spread.mean) : Value());
  out.set("total", tidy(spread.total));
  return out;
}

Value usage_json(const Usage& usage) {
  Value out = Value::object();
  out.set("input_tokens", whole(usage.input_tokens));
  out.set("cached_tokens", whole(usage.cached_tokens));
  out.set("output_tokens", whole(usage.output_tokens));
  out.set("images", whole(usage.images));
  out.set("audio_s", tidy(static_cast<double>(usage.audio_ms) / 1e3));
  out.set("video_s", tidy(static_cast<double>(usage.video_ms) / 1e3));
  out.set("characters", whole(usage.characters));
  out.set("bytes", whole(usage.bytes));
  return out;
}

Value http_json(const record::WireSummary& wire) {
  Value out = Value::object();
  out.set("opened", whole(wire.connect_s.count));
  out.set("reused", whole(wire.reused));
  out.set("dns_s", spread_json(wire.dns_s));
  out.set("connect_s", spread_json(wire.connect_s));
  out.set("tls_s", spread_json(wire.tls_s));
  out.set("first_byte_s", spread_json(wire.first_byte_s));
  out.set("body_s", spread_json(wire.body_s));
  if (wire.added_s.count > 0) {
    out.set("added_s", spread_json(wire.added_s));
  }
  return out;
}

Value stage_json(const record::StageSummary& stage, const RunSummary& run) {
  Value out = Value::object();
  out.set("kind", record::stage_row_kind_name(stage.info.kind));
  out.set("parent", stage.info.parent < run.stages.size()
                        ? Value(run.header.stages[stage.info.parent].path)
                        : Value());
  out.set("background", stage.info.background);
  out.set("share", tidy(stage.share));
  out.set("critical_share", tidy(stage.critical_share));
  out.set("service_s", spread_json(stage.service_s));
  out.set("queue_s", spread_json(stage.queue_s));
  out.set("response_s", spread_json(stage.response_s));
  out.set("ttft_s", spread_json(stage.ttft_s));
  out.set("itl_s", spread_json(stage.wire.itl_s));
  out.set("tpot_s", spread_json(stage.wire.tpot_s));
  out.set("each_s", spread_json(stage.each_s));
  out.set("executions", whole(stage.executions));
  out.set("skipped", whole(stage.skipped));
  out.set("calls", whole(stage.calls));
  out.set("retries", whole(stage.retries));
  out.set("hedges", whole(stage.hedges));
  out.set("cache_hits", whole(stage.cache_hits));
  out.set("truncated", whole(stage.truncated));
  out.set("failed", whole(stage.failed));
  out.set("timed_out", whole(stage.timed_out));
  out.set("rejected", whole(stage.rejected));
  Value& errors = out.set("errors", Value::object());
  for (const auto& [name, n] : stage.errors) {
    errors.set(name, whole(n));
  }
  if (stage.wire.first_byte_s.count > 0) {
    out.set("http", http_json(stage.wire));
  }
  out.set("cost_usd", tidy(stage.cost_usd));
  out.set("usage", usage_json(stage.usage));
  out.set("note", stage.info.note);
  out.set("basis", stage.info.basis);
  out.set("source", stage.info.source);
  return out;
}

const char* job_end_text(record::JobEnd end) {
  static constexpr const char* kTexts[] = {"done", "failed", "timed_out", "cancelled"};
  return kTexts[static_cast<std::size_t>(end) & 3];
}

const char* stage_end_text(record::StageEnd end) {
  static constexpr const char* kTexts[] = {"done",      "cache_hit", "skipped",  "failed",
                                           "timed_out", "cancelled", "rejected", ""};
  return kTexts[static_cast<std::size_t>(end) & 7];
}

Value job_json(const record::JobSummary& job) {
  Value out = Value::object();
  out.set("id", whole(job.id));
  out.set("task", job.task);
  out.set("outcome", job_end_text(job.end));
  out.set("failure", job.failure);
  out.set("intended_s", tidy(job.intended_s));
  out.set("queue_s", tidy(job.queue_s));
  out.set("first_result_s", tidy(job.first_result_s));
  out.set("response_s", tidy(job.response_s));
  out.set("cost_usd", tidy(job.cost_usd));
  out.set("cpu_s", tidy(job.cpu_s));
  out.set("io_wait_s", tidy(job.io_wait_s));
  out.set("memory_peak_mb", tidy(job.memory_peak_mb));
  Value& rows = out.set("waterfall", Value::array());
  for (const record::WaterfallRow& row : job.waterfall) {
    Value bar = Value::object();
    bar.set("stage", row.stage);
    bar.set("item", whole(static_cast<std::uint64_t>(row.item)));
    bar.set("outcome", stage_end_text(row.end));
    bar.set("ready_s", tidy(row.ready_s));
    bar.set("started_s", tidy(row.started_s));
    bar.set("first_chunk_s", tidy(row.first_chunk_s));
    bar.set("done_s", tidy(row.done_s));
    bar.set("critical", row.critical);
    bar.set("background", row.background);
    bar.set("truncated", row.truncated);
    bar.set("attempts", whole(static_cast<std::uint64_t>(row.attempts)));
    bar.set("failure", row.failure);
    bar.set("cost_usd", tidy(row.cost_usd));
    rows.push(std::move(bar));
  }
  return out;
}

// Nothing where no mock wrote anything.
void set_pace(const record::MockPace& pace, Value& out) {
  if (pace.chunks.empty() && pace.answers.empty()) {
    return;
  }
  Value& all = out.set("mock_pace", Value::object());
  all.set("ceiling_s", tidy(pace.ceiling.count_s()));
  const auto set = [&all](const char* name, const stats::Histogram& late) {
    Value& part = all.set(name, Value::object());
    part.set("count", whole(late.count()));
    part.set("late_p50_s", tidy(late.quantile(0.5).value_or(0) * 1e-9));
    part.set("late_p99_s", tidy(late.quantile(0.99).value_or(0) * 1e-9));
    part.set("late_max_s", tidy(static_cast<double>(late.max()) * 1e-9));
  };
  set("chunks", pace.chunks);
  set("answers", pace.answers);
}

void set_jobs(const RunSummary& run, Value& out) {
  Value& jobs = out.set("jobs", Value::object());
  jobs.set("issued", whole(run.issued));
  jobs.set("done", whole(run.done));
  jobs.set("failed", whole(run.failed));
  jobs.set("timed_out", whole(run.timed_out));
  jobs.set("cancelled", whole(run.cancelled));
  jobs.set("warmup", whole(run.warmup));
  jobs.set("late", whole(run.late));
  jobs.set("dropped", whole(run.dropped));
}

void set_head(const RunSummary& run, Value& out) {
  const record::RunHeader& header = run.header;
  out.set("schema_version", kJsonVersion);
  out.set("id", header.id);
  out.set("scenario", header.scenario);
  out.set("scenario_hash", header.scenario_hash);
  if (header.axes.is_object()) {
    out.set("point", header.axes);
  }
  out.set("against", header.against);
  out.set("drive", header.drive);
  // Past 63 bits a seed does not fit a JSON integer here.
  out.set("seed", header.seed >> 63 == 0 ? whole(header.seed) : Value(std::to_string(header.seed)));
  out.set("speed", tidy(header.speed));
  out.set("complete", run.complete);
  out.set("valid", run.valid);
  out.set("invalid_reasons", texts_json(run.invalid_reasons));
  out.set("warnings", texts_json(run.warnings));
  out.set("stop_reason", run.stop_reason);
  set_jobs(run, out);
  out.set("workload", header.workload);
  out.set("variants", texts_json(header.variants));
  out.set("parameters", header.parameters);
  out.set("elapsed_s", tidy(run.elapsed_s));
  out.set("wall_s", tidy(run.wall_s));
  out.set("makespan_s", tidy(run.makespan_s));
  out.set("throughput_per_s", tidy(run.throughput_per_s));
  out.set("goodput_per_s", tidy(run.goodput_per_s));
  out.set("max_in_flight", whole(run.max_in_flight));
  out.set("max_schedule_lag_s", tidy(run.max_schedule_lag_s));
  set_pace(run.mock_pace, out);
  if (run.wire_added_s.count > 0) {
    out.set("wire_added_s", spread_json(run.wire_added_s));
  }
}

void set_lists(const RunSummary& run, Value& out) {
  Value& stages = out.set("stages", Value::object());
  for (const record::StageSummary& stage : run.stages) {
    stages.set(stage.info.path, stage_json(stage, run));
  }
  Value& tasks = out.set("tasks", Value::object());
  for (const record::TaskSummary& task : run.tasks) {
    Value& row = tasks.set(task.name, Value::object());
    row.set("done", whole(task.done));
    row.set("failed", whole(task.failed));
    row.set("timed_out", whole(task.timed_out));
    row.set("cancelled", whole(task.cancelled));
    row.set("response_s", spread_json(task.response_s));
    row.set("cost_usd", money_json(task.cost_usd));
  }
  Value& resources = out.set("resources", Value::object());
  for (const record::ResourceSummary& resource : run.resources) {
    Value& row = resources.set(resource.name, Value::object());
    row.set("slots", tidy(resource.slots));
    row.set("utilisation", tidy(resource.utilisation));
    row.set("queue_s", spread_json(resource.queue_s));
    row.set("max_queue", whole(resource.max_queue));
    row.set("rejected", whole(resource.rejected));
  }
}

void set_tail(const RunSummary& run, Value& out) {
  out.set("usage", usage_json(run.usage));
  out.set("cost_usd", money_json(run.cost_usd));
  out.set("monthly_cost_usd", tidy(run.monthly_cost_usd));
  Value& objectives = out.set("objectives", Value::array());
  for (const record::ObjectiveSummary& objective : run.objectives) {
    Value row = Value::object();
    row.set("text", objective.info.text);
    row.set("value", tidy(objective.value));
    row.set("endless", objective.value && std::isinf(*objective.value));
    row.set("unit", objective.unit);
    row.set("met", objective.met ? Value(*objective.met) : Value());
    row.set("level", objective.info.level);
    row.set("why", objective.why);
    objectives.push(std::move(row));
  }
  Value& kept = out.set("kept", Value::object());
  kept.set("job_rows", whole(run.kept.job_rows));
  kept.set("job_sample_share", std::ldexp(1.0, -static_cast<int>(run.kept.job_sample_shift)));
  kept.set("traces", whole(run.kept.traces));
  kept.set("trace_sample_share", std::ldexp(1.0, -static_cast<int>(run.kept.trace_sample_shift)));
  const record::Environment& environment = run.header.environment;
  Value& place = out.set("environment", Value::object());
  place.set("machine", environment.machine);
  place.set("cpu", environment.cpu);
  place.set("cores", whole(static_cast<std::uint64_t>(environment.cores)));
  place.set("kernel", environment.kernel);
  place.set("os", environment.os);
  place.set("compiler", environment.compiler);
  place.set("version", environment.version);
  place.set("commit", environment.commit);
  Value& jobs = out.set("jobs_list", Value::array());
  for (const record::JobSummary& job : run.jobs) {
    jobs.push(job_json(job));
  }
}

}  // namespace

Value change_json(const record::MetricChange& row) {
  Value out = Value::object();
  out.set("name", row.name);
  out.set("statistic", row.statistic);
  out.set("before", tidy(row.before));
  out.set("after", tidy(row.after));
  out.set("change", tidy(row.change));
  if (row.low && row.high) {
    Value& interval = out.set("interval", Value::array());
    interval.push(tidy(row.low));
    interval.push(tidy(row.high));
  } else {
    out.set("interval", Value());
  }
  out.set("verdict", row.verdict ? Value(stats::verdict_text(*row.verdict)) : Value());
  out.set("why", row.why);
  out.set("more_jobs", whole(row.more_jobs));
  out.set("p_value", tidy(row.p_value));
  return out;
}

namespace {}  // namespace

Value run_json(const RunSummary& run) {
  Value out = Value::object();
  set_head(run, out);
  out.set("response_s", spread_json(run.response_s));
  out.set("service_s", spread_json(run.service_s));
  out.set("queue_s", spread_json(run.queue_s));
  out.set("first_result_s", spread_json(run.first_result_s));
  out.set("lost_s", spread_json(run.lost_s));
  out.set("cpu_s", spread_json(run.cpu_s));
  out.set("io_wait_s", spread_json(run.io_wait_s));
  out.set("memory_mb", spread_json(run.memory_mb));
  set_lists(run, out);
  set_tail(run, out);
  return out;
}

Value comparison_json(const record::Comparison& comparison) {
  Value out = Value::object();
  out.set("schema_version", kJsonVersion);
  out.set("scenario", comparison.before.header.scenario);
  out.set("verdict", stats::verdict_text(comparison.verdict));
  out.set("headline", comparison.headline);
  out.set("pairing", comparison.pairing);
  out.set("pairing_why", comparison.pairing_why);
  out.set("units", whole(comparison.units));
  out.set("more_job_s", tidy(comparison.more_job_s));
  out.set("more_job_usd", tidy(comparison.more_job_usd));
  Value& culprit = out.set("culprit", Value());
  if (comparison.culprit) {
    culprit = Value::object();
    culprit.set("stage", comparison.culprit->stage);
    culprit.set("change_s", tidy(comparison.culprit->change_s));
    culprit.set("share", tidy(comparison.culprit->share));
    culprit.set("cause", record::cause_name(comparison.culprit->cause));
    culprit.set("why", comparison.culprit->why);
  }
  out.set("warnings", texts_json(comparison.warnings));
  out.set("notes", texts_json(comparison.notes));
  Value& metrics = out.set("metrics", Value::array());
  for (const record::MetricChange& row : comparison.metrics) {
    metrics.push(change_json(row));
  }
  Value& stages = out.set("stages", Value::object());
  for (const record::StageChange& stage : comparison.stages) {
    Value& row = stages.set(stage.stage, Value::object());
    row.set("in_before", stage.in_before);
    row.set("in_after", stage.in_after);
    row.set("response_s", change_json(stage.response_s));
    row.set("cost_usd", change_json(stage.cost_usd));
  }
  out.set("before", run_json(comparison.before));
  out.set("after", run_json(comparison.after));
  return out;
}

}  // namespace rehearse::reports
