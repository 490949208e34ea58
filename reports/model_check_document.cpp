#include <cmath>

#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/json.hpp"

namespace rehearse::reports {

Document model_check_document(const record::ModelCheck& check) {
  Document out;
  out.title = "The model against " + check.recording;
  Paragraph head;
  const std::string worst = percent(check.worst());
  if (check.withheld()) {
    head.lines.push_back(
        {{"RESULTS WITHHELD", Tone::Bad},
         {"  the model is " + worst + " off the recording " + check.recording + ", more than " +
          percent(check.bound) + ": what it says of changes is not to be trusted"}});
    head.lines.push_back(
        {{"Look for what the scenario does not say (time between stages, a limit, "
          "a shared resource), or raise --model-error-bound knowingly."}});
  } else {
    head.lines.push_back({{"MODEL HOLDS", Tone::Good},
                          {"  at most " + worst + " off the recording " + check.recording +
                           " (bound " + percent(check.bound) + ")"}});
  }
  head.lines.push_back(
      {{"Times of " + plural(check.stages.size(), "stage") + " fitted on " +
        plural(check.jobs_fitted, "job") + ", judged on " + plural(check.jobs_held, "other job")}});
  out.blocks.push_back(std::move(head));
  Table table;
  table.title = "Predicted and seen, of the response";
  table.columns = {{"where", false, 0},
                   {"", false, 0},
                   {"predicted", true, 0},
                   {"seen", true, 0},
                   {"error", true, 0}};
  for (const record::ModelError& each : check.errors) {
    const bool bad = std::abs(each.error()) > check.bound;
    table.rows.push_back({{each.point, Tone::Strong},
                          {each.statistic},
                          {seconds(each.predicted_s)},
                          {seconds(each.observed_s)},
                          {change(each.error()), bad ? Tone::Bad : Tone::Good}});
  }
  for (const std::string& note : check.notes) {
    table.notes.push_back({{note}});
  }
  out.blocks.push_back(std::move(table));
  return out;
}

json::Value model_check_json(const record::ModelCheck& check) {
  json::Value out = json::Value::object();
  out.set("recording", check.recording);
  out.set("bound", check.bound);
  out.set("worst", check.worst());
  out.set("withheld", check.withheld());
  out.set("jobs_fitted", static_cast<std::int64_t>(check.jobs_fitted));
  out.set("jobs_held", static_cast<std::int64_t>(check.jobs_held));
  json::Value& errors = out.set("errors", json::Value::array());
  for (const record::ModelError& each : check.errors) {
    json::Value row = json::Value::object();
    row.set("point", each.point);
    row.set("statistic", each.statistic);
    row.set("predicted_s", each.predicted_s);
    row.set("observed_s", each.observed_s);
    row.set("error", each.error());
    errors.push(std::move(row));
  }
  json::Value& stages = out.set("stages", json::Value::array());
  for (const record::FittedStage& each : check.stages) {
    json::Value row = json::Value::object();
    row.set("path", each.path);
    row.set("values", static_cast<std::int64_t>(each.values));
    row.set("median_s", each.median_s);
    stages.push(std::move(row));
  }
  out.set("notes", texts_json(check.notes));
  return out;
}

}  // namespace rehearse::reports
