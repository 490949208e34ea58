#include <algorithm>

#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

using record::ModelCheck;

constexpr std::size_t kMostFitted = 100;

Table fitted_table(const ModelCheck& check) {
  Table out;
  out.title = "Stages timed by the recording";
  out.columns = {{"stage", false, 0}, {"values", true, 0}, {"median", true, 0}};
  for (const record::FittedStage& each : check.stages) {
    if (out.rows.size() == kMostFitted) {
      out.notes.push_back({{"… and " + count(check.stages.size() - kMostFitted) + " more"}});
      break;
    }
    out.rows.push_back({{each.path}, {count(each.values)}, {seconds(each.median_s)}});
  }
  return out;
}

Section model_section(const ModelCheck& check) {
  Section out{"model", "How far the model is from what was seen", {}};
  for (Block& block : model_check_document(check).blocks) {
    if (auto* table = std::get_if<Table>(&block)) {
      auto chart = model_error_chart(check, *table);
      chart ? out.blocks.emplace_back(std::move(*chart)) : out.blocks.emplace_back(*table);
    }
  }
  if (!check.stages.empty()) {
    out.blocks.emplace_back(fitted_table(check));
  }
  return out;
}

KeyFigure worst_figure(const ModelCheck& check) {
  return {"largest model error", percent(check.worst()),
          "at most " + percent(check.bound) + " is borne",
          check.withheld() ? Tone::Bad : Tone::Good};
}

}  // namespace

void add_model_check(const ModelCheck& check, Page& page) {
  page.figures.push_back(worst_figure(check));
  page.sections.push_back(model_section(check));
}

Page model_check_page(const ModelCheck& check) {
  Page out;
  out.kicker = "rehearse · model check";
  out.title = "The model against " + check.recording;
  out.verdict =
      check.withheld() ? Text{"RESULTS WITHHELD", Tone::Bad} : Text{"MODEL HOLDS", Tone::Good};
  out.headline = "The model's quantiles are up to " + percent(check.worst()) +
                 " off what was seen; " + (check.withheld() ? "more than " : "no more than the ") +
                 percent(check.bound) +
                 (check.withheld() ? " is not to be trusted." : " that is borne.");
  if (check.withheld()) {
    out.more.lines.push_back(
        {{"next: ", Tone::Strong},
         {"look for what the scenario does not say (time between stages, a limit, a shared "
          "resource), or raise --model-error-bound knowingly"}});
  }
  out.figures = {worst_figure(check),
                 {"fitted on", plural(check.jobs_fitted, "job"),
                  "times of " + plural(check.stages.size(), "stage")},
                 {"judged on", plural(check.jobs_held, "job"), "that it knows nothing of"}};
  out.sections.push_back(model_section(check));
  return out;
}

}  // namespace rehearse::reports
