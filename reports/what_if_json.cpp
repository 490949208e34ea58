#include "reports/json.hpp"

namespace rehearse::reports {
namespace {

using json::Value;

std::string worth_key(std::size_t worth) {
  const auto which = static_cast<record::Worth>(worth);
  return record::worth_name(which) + std::string(which == record::Worth::Cost ? "_usd" : "_s");
}

Value player_json(const record::PlayerWorth& player) {
  Value out = Value::object();
  out.set("name", player.name);
  out.set("group", text_or_null(player.group));
  out.set("alternatives", texts_json(player.alternatives));
  out.set("trade_off", player.trade_off);
  out.set("monthly_usd", player.monthly_usd);
  out.set("once_usd", player.once_usd);
  out.set("without_effect", player.without_effect);
  out.set("solo", worths_json(player.alone));
  out.set("last", worths_json(player.last));
  out.set("shapley", savings_json(player.shapley));
  return out;
}

Value pair_json(const record::Interaction& pair) {
  Value out = Value::object();
  out.set("one", pair.one);
  out.set("other", pair.other);
  out.set("saved_s", finite_json(pair.saved));
  return out;
}

Value speed_up_json(const record::SpeedUp& curve) {
  Value out = Value::object();
  out.set("kind", curve.kind);
  out.set("name", curve.name);
  out.set("steps", numbers_json(curve.steps));
  out.set("saved_s", numbers_json(curve.saved_s));
  out.set("knee", curve.knee);
  out.set("takes_over", text_or_null(curve.takes_over));
  out.set("critical_share", curve.kind == "stage" ? Value(curve.critical_share) : Value());
  out.set("slack_s", curve.kind == "stage" ? Value(curve.slack_s) : Value());
  return out;
}

}  // namespace

Value worths_json(const record::Worths& worths) {
  Value out = Value::object();
  for (std::size_t i = 0; i < worths.size(); ++i) {
    out.set(worth_key(i), finite_json(worths[i]));
  }
  return out;
}

Value savings_json(const std::vector<record::Saving>& savings) {
  Value out = Value::object();
  for (std::size_t i = 0; i < savings.size(); ++i) {
    Value& one = out.set(worth_key(i), Value::object());
    one.set("saved", finite_json(savings[i].value));
    one.set("half_width", finite_json(savings[i].half_width));
  }
  return out;
}

Value numbers_json(const std::vector<double>& values) { return list_json(values, finite_json); }

Value what_if_json(const record::WhatIf& study) {
  Value out = Value::object();
  out.set("schema_version", kJsonVersion);
  out.set("scenario", study.scenario);
  out.set("workload", study.workload);
  out.set("seed", static_cast<std::int64_t>(study.seed));
  out.set("jobs_a_coalition", static_cast<std::int64_t>(study.jobs));
  out.set("coalitions", static_cast<std::int64_t>(study.coalitions));
  out.set("sampled", study.sampled);
  out.set("before", worths_json(study.before));
  out.set("after", worths_json(study.after));
  out.set("variants", list_json(study.players, player_json));
  // From before to after, a step for each variant: its share.
  Value& steps = out.set("waterfall", Value::array());
  double left = study.before.empty() ? 0 : study.before[0];
  for (const record::PlayerWorth& player : study.players) {
    Value step = Value::object();
    step.set("name", player.name);
    step.set("from_s", finite_json(left));
    left -= player.shapley.empty() ? 0 : player.shapley[0].value;
    step.set("to_s", finite_json(left));
    steps.push(std::move(step));
  }
  out.set("interactions", list_json(study.interactions, pair_json));
  out.set("speed_ups", list_json(study.speed_ups, speed_up_json));
  out.set("notes", texts_json(study.notes));
  if (study.model) {
    out.set("model", model_check_json(*study.model));
  }
  return out;
}

}  // namespace rehearse::reports
