#include <limits>

#include "reports/json.hpp"

namespace rehearse::reports {
namespace {

using json::Value;

Value objective_json(const record::CapacityObjective& each) {
  Value out = Value::object();
  out.set("text", each.text);
  out.set("level", each.level);
  out.set("role", each.role);
  out.set("unit", each.unit);
  out.set("unloaded", tidy(each.unloaded));
  out.set("value", tidy(each.at_knee));
  out.set("why", text_or_null(each.why));
  return out;
}

Value point_json(const record::CapacityPoint& point) {
  Value out = Value::object();
  out.set("load", tidy(point.load));
  out.set("throughput_per_s", tidy(point.throughput_per_s));
  out.set("mean_response_s", tidy(point.response_s));
  out.set("done_share", tidy(point.done_share));
  out.set("cost_usd", tidy(point.cost_usd));
  out.set("saturated", point.growing);
  const auto tidied = [](const std::optional<double>& value) { return tidy(value); };
  out.set("objectives", list_json(point.values, tidied));
  return out;
}

Value limit_json(const record::CapacityLimit& limit) {
  Value out = Value::object();
  out.set("name", limit.name);
  out.set("kind", limit.kind);
  out.set("unit", limit.unit);
  out.set("has", tidy(limit.has));
  out.set("demand", tidy(limit.demand));
  out.set("full_at_per_s", tidy(limit.bound_per_s));
  out.set("utilisation", tidy(limit.utilisation));
  out.set("refused", static_cast<std::int64_t>(limit.refused));
  return out;
}

Value need_json(const record::CapacityNeed& need) {
  Value out = Value::object();
  out.set("name", need.name);
  out.set("unit", need.unit);
  out.set("has", tidy(need.has));
  out.set("needs", tidy(need.needs));
  out.set("utilisation", tidy(need.utilisation));
  return out;
}

Value rung_json(const record::CapacityRung& rung) {
  Value out = Value::object();
  const bool found = rung.end == "found";
  const double none = std::numeric_limits<double>::quiet_NaN();
  out.set("with_plenty_of", rung.lifted);
  out.set("end", rung.end);
  out.set("largest", rung.load > 0 ? tidy(rung.load) : Value());
  out.set("interval", interval_json(found ? rung.low : none, found ? rung.high : none));
  out.set("breaks", text_or_null(rung.objective));
  out.set("binds", text_or_null(rung.binds));
  out.set("binds_utilisation", rung.binds.empty() ? Value() : tidy(rung.binds_share));
  out.set("evidence", text_or_null(rung.evidence));
  out.set("needs", list_json(rung.needs, need_json));
  return out;
}

Value knee_json(const record::CapacityKnee& knee) {
  Value out = Value::object();
  const bool found = knee.end == "found";
  out.set("axis", knee.axis);
  out.set("end", knee.end);
  out.set("largest", found ? tidy(knee.load) : Value());
  const double none = std::numeric_limits<double>::quiet_NaN();
  out.set("interval", interval_json(found ? knee.low : none, found ? knee.high : none));
  out.set("breaks", text_or_null(knee.objective));
  out.set("binds", text_or_null(knee.binds));
  out.set("binds_utilisation", knee.binds.empty() ? Value() : tidy(knee.binds_share));
  out.set("evidence", text_or_null(knee.evidence));
  const bool next = !knee.ladder.empty() && !knee.ladder.front().binds.empty();
  out.set("binds_next", next ? Value(knee.ladder.front().binds) : Value());
  out.set("binds_next_load", next ? tidy(knee.ladder.front().load) : Value());
  out.set("ladder", list_json(knee.ladder, rung_json));
  out.set("probes", static_cast<std::int64_t>(knee.probes));
  out.set("jobs", static_cast<std::int64_t>(knee.jobs));
  out.set("note", text_or_null(knee.note));
  out.set("objectives", list_json(knee.objectives, objective_json));
  out.set("limits", list_json(knee.limits, limit_json));
  out.set("curve", list_json(knee.curve, point_json));
  return out;
}

Value check_json(const record::CapacityCheck& check) {
  Value out = Value::object();
  out.set("axis", check.axis);
  out.set("speed", tidy(check.speed));
  out.set("largest", check.found ? tidy(check.load) : Value());
  out.set("interval", check.found ? interval_json(check.low, check.high) : Value());
  out.set("seen_over_http", check.found ? tidy(check.seen) : Value());
  out.set("seen_in_virtual_time", check.found ? tidy(check.twin) : Value());
  out.set("difference", check.found ? tidy(check.difference) : Value());
  const double unsure = check.unsure.value_or(0);
  out.set("difference_interval",
          check.found && check.unsure
              ? interval_json(check.difference - unsure, check.difference + unsure)
              : Value());
  out.set("replications", static_cast<std::int64_t>(check.replications));
  out.set("breaks", text_or_null(check.objective));
  out.set("probes", static_cast<std::int64_t>(check.probes));
  out.set("jobs", static_cast<std::int64_t>(check.jobs));
  out.set("wall_s", tidy(check.wall_s));
  out.set("note", text_or_null(check.note));
  out.set("over_http", list_json(check.over_http, point_json));
  out.set("in_virtual_time", list_json(check.in_virtual_time, point_json));
  return out;
}

Value headroom_json(const record::HeadroomRow& row) {
  Value out = Value::object();
  out.set("factor", tidy(row.factor));
  out.set("load", tidy(row.load));
  out.set("inside", row.inside);
  out.set("saturated", row.growing);
  out.set("broken", texts_json(row.broken));
  out.set("fullest", text_or_null(row.binds));
  out.set("utilisation", tidy(row.binds_share));
  return out;
}

Value target_json(const record::CapacityTarget& target) {
  Value out = Value::object();
  out.set("axis", target.axis);
  out.set("load", tidy(target.load));
  out.set("met", target.met);
  out.set("already", target.already);
  out.set("why", text_or_null(target.why));
  out.set("needs", list_json(target.needs, need_json));
  out.set("calls_a_month_usd", tidy(target.calls_usd_a_month));
  out.set("machines_a_month_usd", tidy(target.machines_usd_a_month));
  return out;
}

Value known_interval(const std::optional<stats::Interval>& interval, double times = 1) {
  return interval ? interval_json(interval->low * times, interval->high * times) : Value();
}

Value span_objective_json(const record::CapacityObjective& objective) {
  Value out = objective_json(objective);
  out.set("interval", known_interval(objective.interval));
  return out;
}

Value span_json(const record::CapacitySpan& span) {
  Value out = Value::object();
  out.set("rate_per_s", tidy(span.load));
  out.set("length_s", tidy(span.length_s));
  out.set("jobs", tidy(span.jobs));
  out.set("method", span.method);
  out.set("explanation", span.explanation);
  out.set("jobs_played", static_cast<std::int64_t>(span.jobs_played));
  out.set("p50_s", tidy(span.p50_s));
  out.set("p95_s", tidy(span.p95_s));
  out.set("p99_s", tidy(span.p99_s));
  out.set("p50_interval_s", known_interval(span.p50_interval_s));
  out.set("p95_interval_s", known_interval(span.p95_interval_s));
  out.set("p99_interval_s", known_interval(span.p99_interval_s));
  out.set("saturated", span.point.growing);
  out.set("done_share", tidy(span.point.done_share));
  out.set("done_share_interval", known_interval(span.done_share_interval));
  out.set("total_cost_usd", tidy(span.point.cost_usd * span.jobs));
  out.set("total_cost_interval_usd", known_interval(span.cost_interval_usd, span.jobs));
  out.set("objectives", list_json(span.objectives, span_objective_json));
  return out;
}

Value money_json(const record::VariantMoney& row) {
  Value out = Value::object();
  out.set("name", row.name);
  out.set("monthly_usd", tidy(row.monthly_usd));
  out.set("once_usd", tidy(row.once_usd));
  out.set("cost_usd", tidy(row.cost_usd));
  out.set("done_share", tidy(row.done_share));
  out.set("capacity_end", row.capacity_end);
  out.set("capacity", row.capacity_end == "found" ? tidy(row.capacity) : Value());
  out.set("jobs_a_month", tidy(row.jobs_a_month));
  out.set("calls_a_month_usd", tidy(row.calls_usd_a_month));
  out.set("value_a_month_usd", tidy(row.value_usd_a_month));
  out.set("net_a_month_usd", tidy(row.net_usd_a_month));
  out.set("pay_back_months", tidy(row.pay_back_months));
  out.set("pays_from_jobs_a_month", tidy(row.pays_from_jobs));
  out.set("verdict", text_or_null(row.verdict));
  return out;
}

}  // namespace

Value plan_json(const record::CapacityPlan& plan) {
  Value out = Value::object();
  out.set("schema_version", kJsonVersion);
  out.set("scenario", plan.scenario);
  out.set("workload", plan.workload);
  out.set("against", plan.against);
  out.set("variants", texts_json(plan.variants));
  out.set("seed", static_cast<std::int64_t>(plan.seed));
  out.set("today_per_s", tidy(plan.today_per_s));
  out.set("knees", list_json(plan.knees, knee_json));
  out.set("over_http", list_json(plan.checks, check_json));
  out.set("headroom_over", text_or_null(plan.headroom_of));
  out.set("headroom", list_json(plan.headroom, headroom_json));
  out.set("target", plan.target ? target_json(*plan.target) : Value());
  out.set("load", plan.span ? span_json(*plan.span) : Value());
  out.set("volume_a_month", tidy(plan.volume_a_month));
  out.set("value_per_job_usd", tidy(plan.value_per_job_usd));
  out.set("variants_money", list_json(plan.money, money_json));
  out.set("notes", texts_json(plan.notes));
  return out;
}

}  // namespace rehearse::reports
