#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/json/write.hpp"
#include "reports/chart_bridge.hpp"
#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

using record::SuggestedSet;
using record::Suggestion;
using record::Suggestions;
using record::Worth;
using record::worth_of;

double ratio_of(const Suggestions& all, const SuggestedSet& set, Worth worth) {
  const double before = worth_of(all.before, worth);
  return before > 0 ? worth_of(set.after, worth) / before - 1 : 0;
}

std::string set_words(const SuggestedSet& set) {
  return set.same_quality ? "with the same quality" : "with less quality";
}

KeyFigure set_figure(const Suggestions& all, const SuggestedSet& set, Worth worth) {
  const double ratio = ratio_of(all, set, worth);
  KeyFigure out;
  out.label = (worth == Worth::Cost ? "cost a job " : "p50 ") + set_words(set);
  out.value = in_worth_unit(worth, worth_of(set.after, worth));
  out.detail = change(ratio);
  out.tone = std::fabs(ratio) < 5e-4 ? Tone::Plain : ratio < 0 ? Tone::Good : Tone::Bad;
  return out;
}

std::vector<KeyFigure> suggestion_figures(const Suggestions& all) {
  std::vector<KeyFigure> out{{"p50 today", seconds(worth_of(all.before, Worth::P50)),
                              "p95 " + seconds(worth_of(all.before, Worth::P95))}};
  for (const SuggestedSet& set : all.sets) {
    out.push_back(set_figure(all, set, Worth::P50));
  }
  if (worth_of(all.before, Worth::Cost) > 0) {
    for (const SuggestedSet& set : all.sets) {
      if (std::fabs(ratio_of(all, set, Worth::Cost)) >= 5e-4) {
        out.push_back(set_figure(all, set, Worth::Cost));
      }
    }
  }
  out.push_back({"tried", plural(all.tried, "change"), count(all.found.size()) + " of them help"});
  return out;
}

std::string suggestions_headline(const Suggestions& all) {
  if (all.found.empty()) {
    return "None of " + plural(all.tried, "change") + " that were tried helps.";
  }
  if (all.sets.empty()) {
    return all.found.front().name + " saves most: " + seconds(all.found.front().saved[0].value) +
           " of the p50.";
  }
  const SuggestedSet& set = all.sets.front();
  return "The p50 goes from " + seconds(worth_of(all.before, Worth::P50)) + " to " +
         seconds(worth_of(set.after, Worth::P50)) + " " + set_words(set) + ", by " +
         joined(set.names, ", ") + ".";
}

// Each step adds one to those before it.
std::optional<Chart> steps_chart(const Suggestions& all, const SuggestedSet& set,
                                 const Table& table) {
  const double before = worth_of(all.before, Worth::P50);
  if (set.p50_s.empty() || !(before > 0)) {
    return std::nullopt;
  }
  Bridge bridge(before);
  bridge.pier("today", before, "plain");
  for (std::size_t i = 0; i < set.p50_s.size() && i < set.names.size(); ++i) {
    bridge.step("+ " + set.names[i], set.p50_s[i], bridge.level_s() - set.p50_s[i]);
  }
  const double after = bridge.level_s();
  bridge.pier("all of them", after, "main");
  Chart out;
  out.title = table.title;
  out.caption = "Each step: what this one adds to those above it.";
  out.table = table;
  out.table_open = true;
  out.plots.push_back(std::move(bridge).plot("Bridge from " + seconds(before) + " today to " +
                                             seconds(after) + ", one step a suggestion"));
  return out;
}

// What goes together, else all, as members of "variants".
std::optional<Code> pasted_code(const Suggestions& all) {
  std::vector<std::string> wanted;
  if (!all.sets.empty()) {
    wanted = all.sets.front().names;
  }
  json::Value variants = json::Value::object();
  for (const Suggestion& each : all.found) {
    const bool member = std::find(wanted.begin(), wanted.end(), each.name) != wanted.end();
    if (each.already.empty() && (member || wanted.empty())) {
      variants.set(each.name, each.variant);
    }
  }
  if (variants.members().empty()) {
    return std::nullopt;
  }
  const std::string text = json::dump(variants, 2);
  // Without its braces, so that it can stand among others.
  const std::size_t begin = text.find('\n');
  const std::size_t end = text.rfind('\n');
  return Code{"To paste into \"variants\" of the scenario",
              begin < end ? text.substr(begin + 1, end - begin - 1) + "," : text};
}

}  // namespace

Page suggestions_page(const Suggestions& all) {
  Page out;
  out.kicker = "rehearse · suggestions";
  out.title = all.scenario;
  out.subtitle.lines.push_back({{"workload " + all.workload + " · " + count(all.jobs) +
                                 " jobs for each change · seed " + std::to_string(all.seed)}});
  out.verdict = {"NOTHING FOUND", Tone::Plain};
  if (!all.sets.empty()) {
    const SuggestedSet& set = all.sets.front();
    out.verdict = {change(ratio_of(all, set, Worth::P50)) + " " + set_words(set),
                   set.same_quality ? Tone::Good : Tone::Warn};
  } else if (!all.found.empty()) {
    out.verdict = {plural(all.found.size(), "suggestion"), Tone::Good};
  }
  out.headline = suggestions_headline(all);
  out.figures = suggestion_figures(all);
  Section ranked{"suggestions", "What would help", {}};
  Section together{"together", "What goes together", {}};
  Section text{"variants", "The text of it", {}};
  for (const bool same_quality : {true, false}) {
    Table table = suggestion_table(all, same_quality);
    if (table.rows.empty()) {
      continue;
    }
    auto chart = ranked.blocks.empty() ? gains_chart(all, table) : std::optional<Chart>();
    chart ? ranked.blocks.emplace_back(std::move(*chart))
          : ranked.blocks.emplace_back(std::move(table));
  }
  for (const SuggestedSet& set : all.sets) {
    const Table table = suggested_set_table(all, set);
    auto chart = steps_chart(all, set, table);
    chart ? together.blocks.emplace_back(std::move(*chart)) : together.blocks.emplace_back(table);
  }
  if (auto code = pasted_code(all)) {
    text.blocks.emplace_back(std::move(*code));
  }
  Paragraph notes;
  for (const std::string& note : all.notes) {
    notes.lines.push_back({{note, Tone::Dim}});
  }
  Section rest{"notes", "Notes", {}};
  if (!notes.lines.empty()) {
    rest.blocks.emplace_back(std::move(notes));
  }
  for (Section* section : {&ranked, &together, &text, &rest}) {
    if (!section->blocks.empty()) {
      out.sections.push_back(std::move(*section));
    }
  }
  if (all.model) {
    add_model_check(*all.model, out);
  }
  return out;
}

}  // namespace rehearse::reports
