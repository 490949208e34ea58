#include "reports/json.hpp"

namespace rehearse::reports {
namespace {

using json::Value;

Value suggestion_json(const record::Suggestion& each) {
  Value out = Value::object();
  out.set("name", each.name);
  out.set("kind", each.kind);
  out.set("what", each.what);
  out.set("trade_off", each.trade_off);
  out.set("quality", record::quality_name(each.quality));
  out.set("already", text_or_null(each.already));
  out.set("saved", savings_json(each.saved));
  out.set("truncated_share", each.shares.truncated);
  out.set("not_done_share", each.shares.not_done);
  out.set("variant", each.variant);
  return out;
}

Value set_json(const record::SuggestedSet& set) {
  Value out = Value::object();
  out.set("same_quality", set.same_quality);
  out.set("names", texts_json(set.names));
  out.set("p50_s", numbers_json(set.p50_s));
  out.set("cost_usd", numbers_json(set.cost_usd));
  out.set("after", worths_json(set.after));
  Value& saved = out.set("saved_p50_s", Value::object());
  saved.set("saved", set.p50_saved.value);
  saved.set("half_width", set.p50_saved.half_width);
  out.set("truncated_share", set.shares.truncated);
  out.set("not_done_share", set.shares.not_done);
  return out;
}

}  // namespace

Value suggestions_json(const record::Suggestions& all) {
  Value out = Value::object();
  out.set("schema_version", kJsonVersion);
  out.set("scenario", all.scenario);
  out.set("workload", all.workload);
  out.set("seed", static_cast<std::int64_t>(all.seed));
  out.set("jobs_a_play", static_cast<std::int64_t>(all.jobs));
  out.set("tried", static_cast<std::int64_t>(all.tried));
  out.set("plays", static_cast<std::int64_t>(all.plays));
  out.set("before", worths_json(all.before));
  out.set("truncated_share", all.shares.truncated);
  out.set("not_done_share", all.shares.not_done);
  out.set("suggestions", list_json(all.found, suggestion_json));
  out.set("sets", list_json(all.sets, set_json));
  out.set("notes", texts_json(all.notes));
  if (all.model) {
    out.set("model", model_check_json(*all.model));
  }
  return out;
}

}  // namespace rehearse::reports
